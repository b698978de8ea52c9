namespace NativeRnn.Cli;

/// <summary>The arguments given to a command.</summary>
internal sealed class ParsedArguments
{
    private readonly Dictionary<string, string> _values = [];

    private ParsedArguments()
    {
    }

    /// <summary>The value of an operand or option, or null when the option was not given.</summary>
    public string? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>The value of an operand.</summary>
    public string Operand(string name) => _values[name];

    /// <summary>Whether a flag was given.</summary>
    public bool Has(string flag) => _values.ContainsKey(flag);

    /// <summary>A whole number that an option has, or null when it was not given.</summary>
    /// <exception cref="UsageException">It is none, or out of range.</exception>
    public int? WholeNumber(Option option, int minimum, int maximum, string command)
    {
        if (this[option.Name] is not string text)
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= minimum && value <= maximum
            ? value
            : throw new UsageException($"{option.Name} takes a whole number of at least {minimum}, but is '{text}'", command);
    }

    /// <summary>
    /// Takes <c>--name value</c>, <c>--name=value</c>, flags and operands in any order; a single <c>-</c> is an operand or a value,
    /// and after <c>--</c> everything is an operand.
    /// </summary>
    /// <exception cref="UsageException">The arguments are not those of the command.</exception>
    public static ParsedArguments Parse(Command command, ReadOnlySpan<string> arguments, Option[] commonOptions)
    {
        ParsedArguments parsed = new();
        int operands = 0;
        bool onlyOperands = false;
        for (int i = 0; i < arguments.Length; i++)
        {
            string argument = arguments[i];
            if (!onlyOperands && argument == "--")
            {
                onlyOperands = true;
            }
            else if (onlyOperands || argument == "-" || !argument.StartsWith('-'))
            {
                if (operands == command.Operands.Length)
                    throw new UsageException($"unexpected argument '{argument}'", command.Name);
                parsed._values.Add(command.Operands[operands++].Name, argument);
            }
            else
            {
                int equals = argument.IndexOf('=');
                string name = equals < 0 ? argument : argument[..equals];
                Option option = Array.Find([.. command.Options, .. commonOptions], option => option.Name == name)
                    ?? throw new UsageException($"unknown option '{name}'", command.Name);
                string? value = equals < 0 ? null : argument[(equals + 1)..];
                if (option.Value is null && value is not null)
                    throw new UsageException($"{name} takes no value, but has '{value}'", command.Name);
                if (option.Value is not null && value is null)
                {
                    if (++i == arguments.Length)
                        throw new UsageException($"{name} needs a value: {name} {option.Value}", command.Name);
                    value = arguments[i];
                }

                if (!parsed._values.TryAdd(name, value ?? ""))
                    throw new UsageException($"{name} is given twice", command.Name);
            }
        }

        if (operands < command.Operands.Length)
            throw new UsageException($"{command.Operands[operands].Name} is missing", command.Name);
        return parsed;
    }
}
