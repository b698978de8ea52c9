namespace NativeRnn.Cli;

/// <summary>One command: what it takes and what it does.</summary>
/// <param name="Name">The word that selects it.</param>
/// <param name="Description">One sentence for the help.</param>
/// <param name="Operands">The operands, all required, in order.</param>
/// <param name="Options">The options, all optional.</param>
/// <param name="Run">Does it; writes results to the writer.</param>
internal sealed record Command(
    string Name, string Description, Operand[] Operands, Option[] Options, Action<ParsedArguments, TextWriter> Run)
{
    /// <summary>What the command's own help says behind the options, or null.</summary>
    public string? Details { get; init; }
}

/// <summary>A required argument that is known by its place.</summary>
/// <param name="Name">As the help shows it, in capitals.</param>
/// <param name="Description">For the help.</param>
internal sealed record Operand(string Name, string Description);

/// <summary>An argument that is known by its name.</summary>
/// <param name="Name">With its dashes.</param>
/// <param name="Value">As the help shows the option's value, in capitals, or null for a flag.</param>
/// <param name="Description">For the help.</param>
internal sealed record Option(string Name, string? Value, string Description);
