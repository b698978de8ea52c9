namespace NativeRnn.Tests.Forecasting;

public sealed class FeatureTransformTests
{
    private static readonly DateTime Time = new(2021, 1, 1, 6, 0, 0);

    [Fact]
    public void SourceColumns_AreEachOnceInOrderOfFirstUseThenTheTarget()
    {
        FeatureTransform transform = new(
            [new RecipeInput("x", "b + a", 0, 1), new RecipeInput("y", "a * c", 0, 1), new RecipeInput("z", "day_fraction()", 0, 1)], "t");

        Assert.Equal(["b", "a", "c", "t"], transform.SourceColumns);
        Assert.Equal(3, transform.TargetColumn);
        Assert.Equal(["x", "y", "z"], transform.FeatureNames);
    }

    [Fact]
    public void SourceColumns_TargetAmongTheInputs_IsNotRepeated()
    {
        FeatureTransform transform = new([new RecipeInput("x", "b", 0, 1), new RecipeInput("y", "a", 0, 1)], "b");

        Assert.Equal(["b", "a"], transform.SourceColumns);
        Assert.Equal(0, transform.TargetColumn);
    }

    [Fact]
    public void Compute_Row_GivesFeaturesRawAndNormalised()
    {
        FeatureTransform transform = new(
            [new RecipeInput("x", "b + a", 10, 4), new RecipeInput("y", "a * 2", 0.1, 0.3), new RecipeInput("z", "day_fraction()", 0, 1)], "a");
        double[] raw = new double[3];
        float[] normalised = new float[3];

        transform.Compute([20, 5], Time, raw);
        transform.ComputeNormalised([20, 5], Time, normalised);

        Assert.Equal([25, 10, 0.25], raw);
        Assert.Equal([3.75f, (float)((10 - 0.1) / 0.3), 0.25f], normalised);
    }

    [Fact]
    public void Create_BadExpression_NamesTheInput()
    {
        FormatException exception = Assert.Throws<FormatException>(() => new FeatureTransform([new RecipeInput("y", "1 +", 0, 1)], "a"));

        Assert.Contains("Input 'y': At position 4", exception.Message);
    }

    [Fact]
    public void Compute_WrongSizes_SaysWhich()
    {
        FeatureTransform transform = new([new RecipeInput("x", "b", 0, 1)], "a");

        Assert.Contains("2 columns, but 1", Assert.Throws<ArgumentException>(() => transform.Compute([1], Time, new double[1])).Message);
        Assert.Contains("1 features, but room for 2", Assert.Throws<ArgumentException>(() => transform.Compute([1, 2], Time, new double[2])).Message);
    }
}
