namespace NativeRnn.Tests.Forecasting;

public sealed class ColumnExpressionTests
{
    private static readonly DateTime Noon = new(2021, 7, 2, 12, 0, 0);

    [Theory]
    [InlineData("1 + 2 * 3", 7)]
    [InlineData("(1 + 2) * 3", 9)]
    [InlineData("10 - 4 - 3", 3)]
    [InlineData("24 / 4 / 2", 3)]
    [InlineData("2 ^ 3 ^ 2", 512)]
    [InlineData("-2 ^ 2", -4)]
    [InlineData("2 ^ -1", 0.5)]
    [InlineData("2 * -3", -6)]
    [InlineData("--2", 2)]
    [InlineData("6 / 2 * 3", 9)]
    [InlineData("2 * 3 ^ 2", 18)]
    [InlineData(".5 + 1.5e1 + 2E-1", 15.7)]
    [InlineData("\t1\n+ 1 ", 2)]
    [InlineData("min(3, 2) + max(3, 2) * 10", 32)]
    [InlineData("min(max(1, 5), 4)", 4)]
    [InlineData("abs(-3) + sqrt(16) + ln(1) + exp(0)", 8)]
    [InlineData("sin(0) + cos(0)", 1)]
    [InlineData("pi()", Math.PI)]
    [InlineData("sin(pi() / 2)", 1)]
    [InlineData("pi ( )", Math.PI)]
    public void Evaluate_Arithmetic_FollowsTheGrammar(string expression, double expected)
        => Assert.Equal(expected, ColumnExpression.Parse(expression).Evaluate([], Noon));

    [Theory]
    [InlineData("ln(-1)", double.NaN)]
    [InlineData("1 / 0", double.PositiveInfinity)]
    [InlineData("sqrt(-1)", double.NaN)]
    public void Evaluate_OutOfDomain_FollowsIeee754(string expression, double expected)
        => Assert.Equal(expected, ColumnExpression.Parse(expression).Evaluate([], Noon));

    [Theory]
    [InlineData("2021-01-01 00:00", 0.0)]
    [InlineData("2021-07-02 12:00", 0.5)]
    [InlineData("2020-07-02 00:00", 0.5)]
    [InlineData("2020-12-31 00:00", 365.0 / 366)]
    [InlineData("2021-12-31 00:00", 364.0 / 365)]
    [InlineData("2021-01-01 06:00", 0.25 / 365)]
    public void Evaluate_YearFraction_KnowsLeapYears(string time, double expected)
        => Assert.Equal(expected, ColumnExpression.Parse("year_fraction()").Evaluate([], DateTime.Parse(time)), 1e-15);

    [Theory]
    [InlineData("2021-01-01 00:00", 0.0)]
    [InlineData("2021-03-05 06:00", 0.25)]
    [InlineData("2021-03-05 23:59", 1439.0 / 1440)]
    public void Evaluate_DayFraction_CountsFromMidnight(string time, double expected)
        => Assert.Equal(expected, ColumnExpression.Parse("day_fraction()").Evaluate([], DateTime.Parse(time)), 1e-15);

    [Fact]
    public void Parse_Columns_AreListedOnceInOrderOfFirstUse()
    {
        ColumnExpression expression = ColumnExpression.Parse("[T (degC)] - b.c_2 * [T (degC)] + [a]]b] + sin");

        Assert.Equal(["T (degC)", "b.c_2", "a]b", "sin"], expression.Columns);
        Assert.Equal(10 - 2 * 10 + 3 + 4, expression.Evaluate([10, 2, 3, 4], Noon));
    }

    [Fact]
    public void Bind_ToMoreColumnsInAnotherOrder_TakesTheRightOnes()
    {
        ColumnExpression bound = ColumnExpression.Parse("a - b").Bind(["x", "b", "a"]);

        Assert.Equal(["x", "b", "a"], bound.Columns);
        Assert.Equal(5, bound.Evaluate([100, 2, 7], Noon));
        Assert.Equal(5, bound.Bind(["a", "b", "x"]).Evaluate([7, 2, 100], Noon));
    }

    [Fact]
    public void Bind_WithoutAColumn_NamesIt()
        => Assert.Contains("'b'", Assert.Throws<ArgumentException>(() => ColumnExpression.Parse("a + b").Bind(["a", "c"])).Message);

    [Fact]
    public void Evaluate_WrongNumberOfValues_SaysHowMany()
        => Assert.Contains("2 columns, but 1", Assert.Throws<ArgumentException>(() => ColumnExpression.Parse("a + b").Evaluate([1], Noon)).Message);

    [Theory]
    [InlineData("temp")]
    [InlineData("T (degC)")]
    [InlineData("a]b]]c")]
    public void ForColumn_AnyName_TakesThatColumn(string name)
        => Assert.Equal([name], ColumnExpression.Parse(ColumnExpression.ForColumn(name)).Columns);

    [Theory]
    [InlineData("", "position 1", "found the end, expected a number, a column")]
    [InlineData("1 +", "position 4", "found the end, expected a number")]
    [InlineData("1 2", "position 3", "found '2', expected an operator or the end")]
    [InlineData("2x", "position 2", "found 'x', expected an operator")]
    [InlineData("(1", "position 3", "expected an operator or ')'")]
    [InlineData("1)", "position 2", "found ')', expected an operator or the end")]
    [InlineData("[abc", "position 5", "expected ']' for the '[' at position 1")]
    [InlineData("1+[]", "position 4", "expected a column name")]
    [InlineData("tan(1)", "position 1", "expected one of the functions sin")]
    [InlineData("1+Sin(1)", "position 3", "expected one of the functions sin")]
    [InlineData("sin(1, 2)", "position 6", "expected ')' after the arguments of sin")]
    [InlineData("min(1)", "position 6", "expected ',' and a second argument")]
    [InlineData("max(1,2,3)", "position 8", "expected ')' after the arguments of max")]
    [InlineData("pi(1)", "position 4", "expected ')' after the arguments of pi")]
    [InlineData("sin()", "position 5", "expected a number")]
    [InlineData("+1", "position 1", "found '+'")]
    [InlineData("1e999", "position 1", "a number that a double can hold")]
    [InlineData("1e", "position 1", "a number that a double can hold")]
    [InlineData(".", "position 1", "a number that a double can hold")]
    [InlineData("a $ b", "position 3", "found '$'")]
    public void Parse_NotOfTheGrammar_SaysWhereAndWhatWasExpected(string expression, string position, string expected)
    {
        FormatException exception = Assert.Throws<FormatException>(() => ColumnExpression.Parse(expression));

        Assert.Contains(position + " ", exception.Message);
        Assert.Contains(expected, exception.Message);
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("-", "")]
    [InlineData("1^", "")]
    [InlineData("sin(", ")")]
    [InlineData("max(1,", ")")]
    [InlineData("1+(2*", ")")]
    public void Parse_Nesting_IsCapped(string open, string close)
    {
        string nested = Nest(ColumnExpression.MaxDepth - 1);
        Assert.True(double.IsFinite(ColumnExpression.Parse(nested).Evaluate([], Noon)));

        Assert.Contains("64 levels", Assert.Throws<FormatException>(() => ColumnExpression.Parse(Nest(ColumnExpression.MaxDepth))).Message);

        string Nest(int levels) => string.Concat(Enumerable.Repeat(open, levels)) + "0" + string.Concat(Enumerable.Repeat(close, levels));
    }

    [Fact]
    public void Parse_Length_IsCapped()
    {
        string longest = string.Concat(Enumerable.Repeat("1+", 2047)) + "10";

        Assert.Equal(2057, ColumnExpression.Parse(longest).Evaluate([], Noon));
        Assert.Contains("4096", Assert.Throws<FormatException>(() => ColumnExpression.Parse(longest + " ")).Message);
    }

    [Fact]
    public void Evaluate_AllocatesNothing()
    {
        ColumnExpression expression = ColumnExpression.Parse("sin(2 * pi() * year_fraction()) * max(a, b) ^ 2");
        double sum = expression.Evaluate([1, 2], Noon);

        long allocated = Allocated.By(() =>
        {
            for (int i = 0; i < 100; i++)
                sum += expression.Evaluate([i, 2], Noon);
        });

        Assert.Equal(0, allocated);
        Assert.True(double.IsFinite(sum));
    }
}
