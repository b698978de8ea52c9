namespace NativeRnn.Cli;

/// <summary>The operand that every command begins with.</summary>
internal static class ModelOperand
{
    public static readonly Operand Model = new("MODEL", "The model's .nrnn file.");
}
