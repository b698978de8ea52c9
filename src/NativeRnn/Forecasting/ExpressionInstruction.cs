namespace NativeRnn;

/// <summary>What one instruction of a <see cref="ColumnExpression"/> does with the stack.</summary>
internal enum ExpressionOperation : byte
{
    Constant,
    Column,
    YearFraction,
    DayFraction,
    Negate,
    Sin,
    Cos,
    Exp,
    Ln,
    Sqrt,
    Abs,
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Min,
    Max,
}

/// <summary>One step of a formula in postfix order.</summary>
/// <param name="Operation">What to do.</param>
/// <param name="Constant">The value that <see cref="ExpressionOperation.Constant"/> pushes.</param>
/// <param name="Column">The index of the value that <see cref="ExpressionOperation.Column"/> pushes.</param>
internal readonly record struct ExpressionInstruction(ExpressionOperation Operation, double Constant = 0, int Column = 0)
{
    public static ExpressionInstruction Push(double constant) => new(ExpressionOperation.Constant, Constant: constant);

    public static ExpressionInstruction TakeColumn(int column) => new(ExpressionOperation.Column, Column: column);

    /// <summary>By how many values the instruction changes the height of the stack.</summary>
    public int StackEffect => Operation switch
    {
        <= ExpressionOperation.DayFraction => 1,
        <= ExpressionOperation.Abs => 0,
        _ => -1,
    };
}
