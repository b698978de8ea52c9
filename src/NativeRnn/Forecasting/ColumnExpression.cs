namespace NativeRnn;

/// <summary>
/// A formula for one input feature over the columns of a table and each row's time. Training and the device evaluate the same
/// formula, so a feature cannot come out differently in the two places. The grammar, blanks between tokens ignored:
/// <code>
/// expression = term { ("+" | "-") term }
/// term       = factor { ("*" | "/") factor }
/// factor     = "-" factor | power                       -2^2 = -4
/// power      = primary [ "^" factor ]                   2^3^2 = 2^9
/// primary    = number | column | function | "(" expression ")"
/// number     = as in 12, 0.5, .5 or 1.5e-3
/// column     = "[" any name "]" | identifier            a "]" within the name is written "]]"
/// identifier = letter or "_", then letters, digits, "_" and "."
/// function   = ("sin" | "cos" | "exp" | "ln" | "sqrt" | "abs") "(" expression ")"
///            | ("min" | "max") "(" expression "," expression ")"
///            | ("pi" | "year_fraction" | "day_fraction") "(" ")"
/// </code>
/// Angles are in radians. <c>year_fraction()</c> is 0 at the start of January 1 and goes towards 1 at the year's end, leap years
/// included; <c>day_fraction()</c> is 0 at midnight and goes towards 1 at the next. Values are doubles with the rules of IEEE 754:
/// dividing by zero gives an infinity, <c>ln(-1)</c> a NaN. Immutable; evaluating allocates nothing.
/// </summary>
public sealed class ColumnExpression
{
    /// <summary>The longest expression, in characters. Expressions come from files of unknown origin.</summary>
    public const int MaxLength = 4096;

    /// <summary>The deepest nesting of parentheses, functions, signs and powers.</summary>
    public const int MaxDepth = 64;

    private readonly ExpressionInstruction[] _program;
    private readonly int _stackSize;

    internal ColumnExpression(string text, ExpressionInstruction[] program, int stackSize, IReadOnlyList<string> columns)
    {
        Text = text;
        Columns = columns;
        _program = program;
        _stackSize = stackSize;
    }

    /// <summary>The formula as it was written.</summary>
    public string Text { get; }

    /// <summary>
    /// The columns that <see cref="Evaluate"/> takes the values of: after <see cref="Parse"/> those the formula names, each once, in
    /// order of first use; after <see cref="Bind"/> those it was bound to.
    /// </summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Reads a formula.</summary>
    /// <param name="expression">The formula, in the grammar above.</param>
    /// <exception cref="FormatException">
    /// The formula is too long or too deep, or not of the grammar; the message says where and what was expected.
    /// </exception>
    public static ColumnExpression Parse(string expression)
    {
        ArgumentNullException.ThrowIfNull(expression);
        return new ColumnExpressionParser(expression).Parse();
    }

    /// <summary>The formula that plainly takes a column, whatever characters its name has.</summary>
    /// <param name="column">The column's name.</param>
    /// <returns>The name in brackets.</returns>
    public static string ForColumn(string column)
    {
        ArgumentException.ThrowIfNullOrEmpty(column);
        return $"[{column.Replace("]", "]]", StringComparison.Ordinal)}]";
    }

    /// <summary>The same formula over the values of a given list of columns, of which it may use some only.</summary>
    /// <param name="columns">The columns in the order in which <see cref="Evaluate"/> will be given their values.</param>
    /// <exception cref="ArgumentException">The formula uses a column that is not among them.</exception>
    public ColumnExpression Bind(IReadOnlyList<string> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        string[] bound = [.. columns];
        ExpressionInstruction[] program = [.. _program];
        foreach (ref ExpressionInstruction instruction in program.AsSpan())
        {
            if (instruction.Operation != ExpressionOperation.Column)
                continue;
            string column = Columns[instruction.Column];
            int index = Array.IndexOf(bound, column);
            if (index < 0)
            {
                throw new ArgumentException(
                    $"The expression {Text} uses the column '{column}', which is not among {string.Join(", ", bound)}.", nameof(columns));
            }

            instruction = ExpressionInstruction.TakeColumn(index);
        }

        return new ColumnExpression(Text, program, _stackSize, bound);
    }

    /// <summary>Computes the formula for one row.</summary>
    /// <param name="columnValues">The row's values, one for each of <see cref="Columns"/>.</param>
    /// <param name="time">The row's time.</param>
    /// <exception cref="ArgumentException">There are more or fewer values than columns.</exception>
    public double Evaluate(ReadOnlySpan<double> columnValues, DateTime time)
    {
        if (columnValues.Length != Columns.Count)
        {
            throw new ArgumentException(
                $"The expression takes the values of {Columns.Count} columns, but {columnValues.Length} were given.", nameof(columnValues));
        }

        // A few values a nesting level, so MaxDepth bounds it to some 2 KB.
        Span<double> stack = stackalloc double[_stackSize];
        int top = -1;
        foreach (ref readonly ExpressionInstruction instruction in _program.AsSpan())
        {
            switch (instruction.Operation)
            {
                case ExpressionOperation.Constant:
                    stack[++top] = instruction.Constant;
                    break;
                case ExpressionOperation.Column:
                    stack[++top] = columnValues[instruction.Column];
                    break;
                case ExpressionOperation.YearFraction:
                    stack[++top] = YearFraction(time);
                    break;
                case ExpressionOperation.DayFraction:
                    stack[++top] = (double)time.TimeOfDay.Ticks / TimeSpan.TicksPerDay;
                    break;
                case ExpressionOperation.Negate:
                    stack[top] = -stack[top];
                    break;
                case ExpressionOperation.Sin:
                    stack[top] = Math.Sin(stack[top]);
                    break;
                case ExpressionOperation.Cos:
                    stack[top] = Math.Cos(stack[top]);
                    break;
                case ExpressionOperation.Exp:
                    stack[top] = Math.Exp(stack[top]);
                    break;
                case ExpressionOperation.Ln:
                    stack[top] = Math.Log(stack[top]);
                    break;
                case ExpressionOperation.Sqrt:
                    stack[top] = Math.Sqrt(stack[top]);
                    break;
                case ExpressionOperation.Abs:
                    stack[top] = Math.Abs(stack[top]);
                    break;
                default:
                    top--;
                    stack[top] = Combine(instruction.Operation, stack[top], stack[top + 1]);
                    break;
            }
        }

        Debug.Assert(top == 0);
        return stack[0];
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static double Combine(ExpressionOperation operation, double left, double right) => operation switch
    {
        ExpressionOperation.Add => left + right,
        ExpressionOperation.Subtract => left - right,
        ExpressionOperation.Multiply => left * right,
        ExpressionOperation.Divide => left / right,
        ExpressionOperation.Power => Math.Pow(left, right),
        ExpressionOperation.Min => Math.Min(left, right),
        ExpressionOperation.Max => Math.Max(left, right),
        _ => throw new UnreachableException(),
    };

    private static double YearFraction(DateTime time)
    {
        long elapsed = time.Ticks - new DateTime(time.Year, 1, 1).Ticks;
        int days = DateTime.IsLeapYear(time.Year) ? 366 : 365;
        return (double)elapsed / (days * TimeSpan.TicksPerDay);
    }
}
