namespace NativeRnn.Cli;

/// <summary>How many rows an encoder-decoder is asked to write where nobody says so.</summary>
internal static class DecodedRows
{
    /// <summary>As many as its recipe forecasts or its self-test has; null for a model without either, or without a decoder.</summary>
    public static int? Default(RnnModel model)
        => model.Architecture.Decoder is null ? null : model.Recipe?.Horizon ?? model.SelfTest?.Output.Length / model.Architecture.OutputSize;
}
