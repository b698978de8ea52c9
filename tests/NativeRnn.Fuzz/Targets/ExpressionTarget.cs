using System.Text;

namespace NativeRnn.Fuzz.Targets;

/// <summary>The language of column expressions.</summary>
internal sealed class ExpressionTarget : FuzzTarget
{
    public override IEnumerable<string> Words =>
        ["sin(", "cos(", "exp(", "ln(", "sqrt(", "abs(", "min(", "max(", "pi()", "year_fraction()", "day_fraction()", "[", "]", "]]", "^", "-", "1e308", ".5"];

    public override IEnumerable<byte[]> Seeds() =>
    [
        "sin(2 * pi() * year_fraction())"u8.ToArray(),
        "[wind dir]]] / max(a.b, 1.5e-3) ^ -2 + abs(-x)"u8.ToArray(),
        "((day_fraction() - .5))"u8.ToArray(),
        "min(exp(a), ln(sqrt(b)) - cos(c))"u8.ToArray(),
    ];

    protected override object? Read(byte[] file) => ColumnExpression.Parse(Encoding.UTF8.GetString(file));

    protected override bool IsRefusal(Exception exception) => exception is FormatException;

    protected override void Use(object? result, byte[] file)
    {
        ColumnExpression expression = (ColumnExpression)result!;
        double[] values = [.. expression.Columns.Select((_, i) => i - 0.5)];
        double value = expression.Evaluate(values, new DateTime(2020, 12, 31, 23, 59, 59));
        double again = ColumnExpression.Parse(expression.Text).Bind([.. expression.Columns]).Evaluate(values, new DateTime(2020, 12, 31, 23, 59, 59));
        if (BitConverter.DoubleToInt64Bits(value) != BitConverter.DoubleToInt64Bits(again))
            throw new ContractException($"'{expression.Text}' gives {value}, then {again}");
    }
}
