namespace NativeRnn;

/// <summary>
/// Recursive descent over the grammar of <see cref="ColumnExpression"/>. Every recursion passes <see cref="Factor"/>, which counts
/// the depth, so a hostile text cannot exhaust the call stack.
/// </summary>
internal sealed class ColumnExpressionParser(string text)
{
    private readonly List<ExpressionInstruction> _program = [];
    private readonly List<string> _columns = [];
    private int _position;
    private int _depth;
    private int _height;
    private int _stackSize;

    public ColumnExpression Parse()
    {
        if (text.Length > ColumnExpression.MaxLength)
            throw new FormatException($"The expression has {text.Length} characters; at most {ColumnExpression.MaxLength} are allowed.");
        Expression();
        if (_position < text.Length)
            throw Expected("an operator or the end");
        return new ColumnExpression(text, [.. _program], _stackSize, [.. _columns]);
    }

    private void Expression()
    {
        Term();
        while (true)
        {
            if (Accept('+'))
                Then(Term, ExpressionOperation.Add);
            else if (Accept('-'))
                Then(Term, ExpressionOperation.Subtract);
            else
                return;
        }
    }

    private void Term()
    {
        Factor();
        while (true)
        {
            if (Accept('*'))
                Then(Factor, ExpressionOperation.Multiply);
            else if (Accept('/'))
                Then(Factor, ExpressionOperation.Divide);
            else
                return;
        }
    }

    private void Factor()
    {
        if (++_depth > ColumnExpression.MaxDepth)
        {
            throw new FormatException(
                $"The expression is nested more than {ColumnExpression.MaxDepth} levels deep at position {_position + 1}.");
        }

        if (Accept('-'))
        {
            Then(Factor, ExpressionOperation.Negate);
        }
        else
        {
            Primary();
            if (Accept('^'))
                Then(Factor, ExpressionOperation.Power);
        }

        _depth--;
    }

    private void Primary()
    {
        SkipBlanks();
        char next = Peek();
        if (char.IsAsciiDigit(next) || next == '.')
        {
            Number();
        }
        else if (next == '[')
        {
            Column(BracketedName());
        }
        else if (Accept('('))
        {
            Expression();
            Require(')', "an operator or ')'");
        }
        else if (char.IsLetter(next) || next == '_')
        {
            int start = _position;
            string name = Identifier();
            if (Accept('('))
                Function(name, start);
            else
                Column(name);
        }
        else
        {
            throw Expected("a number, a column, a function or '('");
        }
    }

    private void Number()
    {
        int start = _position;
        SkipDigits();
        if (Peek() == '.')
        {
            _position++;
            SkipDigits();
        }

        if (Peek() is 'e' or 'E')
        {
            _position++;
            if (Peek() is '+' or '-')
                _position++;
            SkipDigits();
        }

        ReadOnlySpan<char> digits = text.AsSpan(start, _position - start);
        if (!double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value))
        {
            _position = start;
            throw Expected("a number that a double can hold");
        }

        Emit(ExpressionInstruction.Push(value));
    }

    private void Function(string name, int start)
    {
        switch (name)
        {
            case "pi":
                Emit(ExpressionInstruction.Push(Math.PI));
                break;
            case "year_fraction":
                Emit(new(ExpressionOperation.YearFraction));
                break;
            case "day_fraction":
                Emit(new(ExpressionOperation.DayFraction));
                break;
            case "sin":
                Then(Expression, ExpressionOperation.Sin);
                break;
            case "cos":
                Then(Expression, ExpressionOperation.Cos);
                break;
            case "exp":
                Then(Expression, ExpressionOperation.Exp);
                break;
            case "ln":
                Then(Expression, ExpressionOperation.Ln);
                break;
            case "sqrt":
                Then(Expression, ExpressionOperation.Sqrt);
                break;
            case "abs":
                Then(Expression, ExpressionOperation.Abs);
                break;
            case "min":
                Pair(ExpressionOperation.Min);
                break;
            case "max":
                Pair(ExpressionOperation.Max);
                break;
            default:
                _position = start;
                throw Expected("one of the functions sin, cos, exp, ln, sqrt, abs, min, max, pi, year_fraction, day_fraction");
        }

        Require(')', $"')' after the arguments of {name}");
    }

    private void Pair(ExpressionOperation operation)
    {
        Expression();
        Require(',', "',' and a second argument");
        Then(Expression, operation);
    }

    private string Identifier()
    {
        int start = _position;
        while (char.IsLetterOrDigit(Peek()) || Peek() is '_' or '.')
            _position++;
        return text[start.._position];
    }

    private string BracketedName()
    {
        int start = _position++;
        while (true)
        {
            int close = text.IndexOf(']', _position);
            if (close < 0)
            {
                _position = text.Length;
                throw Expected($"']' for the '[' at position {start + 1}");
            }

            _position = close + 1;
            if (Peek() != ']')
                break;
            _position++;
        }

        string name = text[(start + 1)..(_position - 1)].Replace("]]", "]", StringComparison.Ordinal);
        if (name.Length == 0)
        {
            _position = start + 1;
            throw Expected("a column name");
        }

        return name;
    }

    private void Column(string name)
    {
        int index = _columns.IndexOf(name);
        if (index < 0)
        {
            index = _columns.Count;
            _columns.Add(name);
        }

        Emit(ExpressionInstruction.TakeColumn(index));
    }

    private void Then(Action operand, ExpressionOperation operation)
    {
        operand();
        Emit(new(operation));
    }

    private void Emit(ExpressionInstruction instruction)
    {
        _program.Add(instruction);
        _height += instruction.StackEffect;
        _stackSize = Math.Max(_stackSize, _height);
    }

    private bool Accept(char symbol)
    {
        SkipBlanks();
        if (Peek() != symbol || _position >= text.Length)
            return false;
        _position++;
        SkipBlanks();
        return true;
    }

    private void Require(char symbol, string expected)
    {
        if (!Accept(symbol))
            throw Expected(expected);
    }

    private char Peek() => _position < text.Length ? text[_position] : '\0';

    private void SkipBlanks()
    {
        while (char.IsWhiteSpace(Peek()))
            _position++;
    }

    private void SkipDigits()
    {
        while (char.IsAsciiDigit(Peek()))
            _position++;
    }

    private FormatException Expected(string expected)
    {
        string found = _position < text.Length ? $"'{text[_position]}'" : "the end";
        return new FormatException($"At position {_position + 1} of the expression: found {found}, expected {expected}.");
    }
}
