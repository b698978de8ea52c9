namespace NativeRnn;

/// <summary>Stub.</summary>
public sealed class ColumnExpression
{
}
