namespace NativeRnn;

/// <summary>The architecture in a file: the input size, then a record for each layer; of an encoder-decoder, then the same of the decoder.</summary>
internal static class ArchitectureBlock
{
    public static void Write(Architecture architecture, BlockWriter writer)
    {
        writer.UInt32((uint)architecture.InputSize);
        writer.UInt32((uint)architecture.Layers.Count);
        foreach (NamedLayer layer in architecture.Layers)
            WriteRecord(layer.Layer, writer);
        if (architecture.Decoder is not null)
            Write(architecture.Decoder, writer);
    }

    /// <param name="reader">The block.</param>
    /// <param name="hasDecoder">Whether a decoder's chain stands behind the first.</param>
    public static Architecture Read(ref BlockReader reader, bool hasDecoder)
    {
        long start = reader.Offset;
        (int inputSize, Layer[] layers) = ReadChain(ref reader, "");
        (int InputSize, Layer[] Layers) decoder = hasDecoder ? ReadChain(ref reader, "decoder ") : default;
        reader.End();
        try
        {
            return new Architecture(inputSize, layers, hasDecoder ? new Architecture(decoder.InputSize, decoder.Layers) : null);
        }
        catch (ArgumentException exception)
        {
            // The name of the constructor's parameter says nothing about a file.
            string message = exception.Message.Replace($" (Parameter '{exception.ParamName}')", "", StringComparison.Ordinal);
            throw reader.Error(message, start, exception);
        }
    }

    private static (int InputSize, Layer[] Layers) ReadChain(ref BlockReader reader, string name)
    {
        int inputSize = reader.Between(1, Architecture.MaxSize, name + "input size");
        var layers = new Layer[reader.Between(1, Architecture.MaxLayers, name + "layer count")];
        for (int i = 0; i < layers.Length; i++)
            layers[i] = ReadRecord(ref reader, $"{name}layer {i}");
        return (inputSize, layers);
    }

    private static void WriteRecord(Layer layer, BlockWriter writer)
    {
        BlockWriter fields = new();
        LayerKind kind = WriteFields(layer, fields);
        writer.UInt16((ushort)kind);
        writer.UInt16((ushort)fields.Written.Length);
        writer.Bytes(fields.Written);
    }

    private static LayerKind WriteFields(Layer layer, BlockWriter writer)
    {
        switch (layer)
        {
            case SimpleRnn rnn:
                WriteRecurrent(rnn, RecurrentFlags.None, writer);
                WriteActivation(rnn.Activation, writer);
                return LayerKind.SimpleRnn;

            case OutputRecurrentRnn rnn:
                WriteRecurrent(rnn, RecurrentFlags.None, writer);
                writer.UInt32((uint)rnn.Outputs);
                WriteActivation(rnn.Activation, writer);
                return LayerKind.OutputRecurrentRnn;

            case Gru gru:
                WriteRecurrent(gru, gru.ResetAfter ? RecurrentFlags.ResetAfter : RecurrentFlags.None, writer);
                WriteActivation(gru.Activation, writer);
                WriteActivation(gru.RecurrentActivation, writer);
                return LayerKind.Gru;

            case Lstm lstm:
                RecurrentFlags flags =
                    (lstm.CoupledGates ? RecurrentFlags.CoupledGates : 0) | (lstm.Peepholes ? RecurrentFlags.Peepholes : 0)
                    | (lstm.OutputActivation != lstm.Activation ? RecurrentFlags.OutputActivation : 0);
                WriteRecurrent(lstm, flags, writer);
                WriteActivation(lstm.Activation, writer);
                WriteActivation(lstm.RecurrentActivation, writer);
                if (flags.HasFlag(RecurrentFlags.OutputActivation))
                    WriteActivation(lstm.OutputActivation, writer);
                return LayerKind.Lstm;

            case Bidirectional bidirectional:
                writer.UInt16((ushort)bidirectional.Merge);
                WriteRecord(bidirectional.Forward, writer);
                WriteRecord(bidirectional.Backward, writer);
                return LayerKind.Bidirectional;

            case Dense dense:
                writer.UInt32((uint)dense.Units);
                WriteActivation(dense.Activation, writer);
                return LayerKind.Dense;

            case Dropout dropout:
                writer.Single(dropout.Rate);
                return LayerKind.Dropout;

            case Reverse:
                return LayerKind.Reverse;

            case LastStep:
                return LayerKind.LastStep;

            case Embedding embedding:
                writer.UInt32((uint)embedding.Symbols);
                writer.UInt32((uint)embedding.Units);
                return LayerKind.Embedding;

            default:
                throw new UnreachableException($"The format has no record for {layer.Kind}.");
        }
    }

    private static void WriteRecurrent(RecurrentLayer layer, RecurrentFlags variant, BlockWriter writer)
    {
        writer.UInt32((uint)layer.Units);
        RecurrentFlags common =
            (layer.ReturnSequences ? RecurrentFlags.ReturnSequences : 0) | (layer.HasInitialState ? RecurrentFlags.InitialState : 0)
            | (layer.Clip > 0 ? RecurrentFlags.Clip : 0);
        writer.UInt32((uint)(variant | common));
        writer.Single(layer.Dropout);
        writer.Single(layer.RecurrentDropout);
        if (layer.Clip > 0)
            writer.Single(layer.Clip);
    }

    private static void WriteActivation(Activation activation, BlockWriter writer)
    {
        writer.UInt16((ushort)activation.Kind);
        writer.Single(activation.Alpha);
        if (ActivationNames.ParameterCount(activation.Kind) > 1)
            writer.Single(activation.Beta);
    }

    private static Layer ReadRecord(ref BlockReader reader, string name)
    {
        long kindOffset = reader.Offset;
        ushort kind = reader.UInt16($"{name} kind");
        int length = reader.UInt16($"{name} record length");
        BlockReader fields = reader.Nested(length, name);
        Layer layer = (LayerKind)kind switch
        {
            LayerKind.SimpleRnn => ReadSimpleRnn(ref fields),
            LayerKind.OutputRecurrentRnn => ReadOutputRecurrentRnn(ref fields),
            LayerKind.Gru => ReadGru(ref fields),
            LayerKind.Lstm => ReadLstm(ref fields),
            LayerKind.Bidirectional => ReadBidirectional(ref fields, name),
            LayerKind.Dense => new Dense(ReadSize(ref fields, "units")) { Activation = ReadActivation(ref fields, "activation") },
            LayerKind.Dropout => new Dropout(fields.Single("rate")),
            LayerKind.Reverse => new Reverse(),
            LayerKind.LastStep => new LastStep(),
            LayerKind.Embedding => new Embedding(ReadSize(ref fields, "symbols"), ReadSize(ref fields, "units")),
            _ => throw reader.Error(
                $"{name} has the unknown kind {kind}; this library knows 1 to {(int)LayerKind.Embedding}", kindOffset),
        };
        fields.End();
        return layer;
    }

    private static SimpleRnn ReadSimpleRnn(ref BlockReader reader)
    {
        RecurrentFields common = ReadRecurrent(ref reader, RecurrentFlags.None);
        return new SimpleRnn(common.Units)
        {
            ReturnSequences = common.ReturnSequences,
            Dropout = common.Dropout,
            RecurrentDropout = common.RecurrentDropout,
            HasInitialState = common.HasInitialState,
            Clip = common.Clip,
            Activation = ReadActivation(ref reader, "activation"),
        };
    }

    private static OutputRecurrentRnn ReadOutputRecurrentRnn(ref BlockReader reader)
    {
        RecurrentFields common = ReadRecurrent(ref reader, RecurrentFlags.None);
        return new OutputRecurrentRnn(common.Units, ReadSize(ref reader, "outputs"))
        {
            ReturnSequences = common.ReturnSequences,
            Dropout = common.Dropout,
            RecurrentDropout = common.RecurrentDropout,
            HasInitialState = common.HasInitialState,
            Clip = common.Clip,
            Activation = ReadActivation(ref reader, "activation"),
        };
    }

    private static Gru ReadGru(ref BlockReader reader)
    {
        RecurrentFields common = ReadRecurrent(ref reader, RecurrentFlags.ResetAfter);
        return new Gru(common.Units)
        {
            ReturnSequences = common.ReturnSequences,
            Dropout = common.Dropout,
            RecurrentDropout = common.RecurrentDropout,
            HasInitialState = common.HasInitialState,
            Clip = common.Clip,
            ResetAfter = common.Flags.HasFlag(RecurrentFlags.ResetAfter),
            Activation = ReadActivation(ref reader, "activation"),
            RecurrentActivation = ReadActivation(ref reader, "recurrent activation"),
        };
    }

    private static Lstm ReadLstm(ref BlockReader reader)
    {
        RecurrentFields common = ReadRecurrent(
            ref reader, RecurrentFlags.CoupledGates | RecurrentFlags.Peepholes | RecurrentFlags.OutputActivation);
        Lstm layer = new(common.Units)
        {
            ReturnSequences = common.ReturnSequences,
            Dropout = common.Dropout,
            RecurrentDropout = common.RecurrentDropout,
            HasInitialState = common.HasInitialState,
            Clip = common.Clip,
            CoupledGates = common.Flags.HasFlag(RecurrentFlags.CoupledGates),
            Peepholes = common.Flags.HasFlag(RecurrentFlags.Peepholes),
            Activation = ReadActivation(ref reader, "activation"),
            RecurrentActivation = ReadActivation(ref reader, "recurrent activation"),
        };
        if (!common.Flags.HasFlag(RecurrentFlags.OutputActivation))
            return layer;

        long offset = reader.Offset;
        Activation output = ReadActivation(ref reader, "output activation");
        return output != layer.Activation
            ? layer with { OutputActivation = output }
            : throw reader.Error("the output activation is the activation, which must not be written twice", offset);
    }

    private static Bidirectional ReadBidirectional(ref BlockReader reader, string name)
    {
        long mergeOffset = reader.Offset;
        var merge = (Merge)reader.UInt16("merge");
        if (!Enum.IsDefined(merge))
            throw reader.Error($"merge {(ushort)merge} is unknown", mergeOffset);

        RecurrentLayer forward = ReadDirection(ref reader, $"{name} forward");
        RecurrentLayer backward = ReadDirection(ref reader, $"{name} backward");
        return new Bidirectional(forward, backward) { Merge = merge };
    }

    /// <summary>Looks at the kind before it reads the record, so that directions nested in directions cannot recurse.</summary>
    private static RecurrentLayer ReadDirection(ref BlockReader reader, string name)
    {
        BlockReader ahead = reader;
        ushort kind = ahead.UInt16($"{name} kind");
        if ((LayerKind)kind is < LayerKind.SimpleRnn or > LayerKind.Lstm)
            throw reader.Error($"{name} must be a recurrent layer, kind 1 to {(int)LayerKind.Lstm}, found kind {kind}", reader.Offset);
        return (RecurrentLayer)ReadRecord(ref reader, name);
    }

    private static RecurrentFields ReadRecurrent(ref BlockReader reader, RecurrentFlags variants)
    {
        int units = ReadSize(ref reader, "units");
        long flagsOffset = reader.Offset;
        var flags = (RecurrentFlags)reader.UInt32("flags");
        RecurrentFlags unknown = flags & ~(variants | RecurrentFlags.Common);
        if (unknown != 0)
            throw reader.Error($"unknown flags 0x{(uint)unknown:x}", flagsOffset);
        return new RecurrentFields(
            units, flags, reader.Single("dropout"), reader.Single("recurrent dropout"), flags.HasFlag(RecurrentFlags.Clip) ? ReadClip(ref reader) : 0);
    }

    private static float ReadClip(ref BlockReader reader)
    {
        long offset = reader.Offset;
        float clip = reader.Single("clip");
        return clip > 0 ? clip : throw reader.Error(string.Create(CultureInfo.InvariantCulture, $"clip must be above 0, found {clip}"), offset);
    }

    private static int ReadSize(ref BlockReader reader, string field) => reader.Between(1, Architecture.MaxSize, field);

    private static Activation ReadActivation(ref BlockReader reader, string field)
    {
        long offset = reader.Offset;
        var kind = (ActivationKind)reader.UInt16(field);
        float alpha = reader.Single(field);
        Activation activation = new(kind, alpha, ActivationNames.ParameterCount(kind) > 1 ? reader.Single(field) : 0);
        if (!Enum.IsDefined(kind))
            throw reader.Error($"{field} {(ushort)kind} is unknown", offset);
        if (!activation.IsDefined)
        {
            string beta = ActivationNames.ParameterCount(kind) > 1 ? string.Create(CultureInfo.InvariantCulture, $" and beta {activation.Beta}") : "";
            throw reader.Error(string.Create(CultureInfo.InvariantCulture, $"{field} {ActivationNames.NameOf(kind)} cannot have alpha {alpha}{beta}"), offset);
        }

        return activation;
    }

    private readonly record struct RecurrentFields(int Units, RecurrentFlags Flags, float Dropout, float RecurrentDropout, float Clip)
    {
        public bool ReturnSequences => Flags.HasFlag(RecurrentFlags.ReturnSequences);

        public bool HasInitialState => Flags.HasFlag(RecurrentFlags.InitialState);
    }
}
