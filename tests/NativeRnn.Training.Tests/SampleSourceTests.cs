namespace NativeRnn.Training.Tests;

public sealed class SampleSourceTests
{
    /// <summary>A table whose cells tell row and column: feature c of row r is 10 r + c, target c is -(10 r + c).</summary>
    private static WindowSource Windows(int rows, int window, int horizon, int stride, params int[] lastRows)
    {
        float[] features = [.. Enumerable.Range(0, rows).SelectMany(row => new[] { 10f * row, 10f * row + 1 })];
        float[] targets = [.. Enumerable.Range(0, rows).SelectMany(row => new[] { -10f * row, -10f * row - 1 })];
        return new WindowSource(features, 2, targets, 2, window, horizon, stride, lastRows);
    }

    [Fact]
    public void Read_Windows_EndAtTheirLastRowAndAimAtTheHorizon()
    {
        WindowSource source = Windows(12, window: 3, horizon: 2, stride: 1, 2, 7, 9);
        float[] inputs = new float[12], targets = new float[4];
        source.Read([2, 0], inputs, targets);
        Assert.Equal([70, 71, 80, 81, 90, 91, 0, 1, 10, 11, 20, 21], inputs);
        Assert.Equal([-110, -111, -40, -41], targets);
        Assert.Equal((3, 3, 2, 1, 2), (source.Count, source.Steps, source.InputSize, source.TargetRows, source.OutputSize));
    }

    [Fact]
    public void Read_WindowsWithStride_TakeEveryStrideRow()
    {
        WindowSource source = Windows(20, window: 3, horizon: 2, stride: 4, 8, 11);
        float[] inputs = new float[6], targets = new float[2];
        source.Read([1], inputs, targets);
        Assert.Equal([30, 31, 70, 71, 110, 111], inputs);
        Assert.Equal([-190, -191], targets);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(-1)]
    public void WindowSource_WindowBeyondTheTable_ThrowsWithTheRow(int lastRow)
    {
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => Windows(12, 3, 2, 1, 2, lastRow));
        Assert.Contains($"row {lastRow} ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WindowSource_TablesThatDoNotFit_Throw()
    {
        Assert.Throws<ArgumentException>(() => new WindowSource(new float[5], 2, new float[2], 1, 1, 0, 1, [0]));
        Assert.Throws<ArgumentException>(() => new WindowSource(new float[6], 2, new float[2], 1, 1, 0, 1, [0]));
        Assert.Throws<ArgumentException>(() => new WindowSource(new float[6], 2, new float[3], 1, 1, 0, 1, []));
    }

    [Fact]
    public void Read_Arrays_GivesTheSamplesAskedFor()
    {
        ArraySource source = new([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]], [[1, 2], [3, 4], [5, 6]], inputSize: 2, outputSize: 1);
        float[] inputs = new float[8], targets = new float[4];
        source.Read([2, 1], inputs, targets);
        Assert.Equal([9, 10, 11, 12, 5, 6, 7, 8], inputs);
        Assert.Equal([5, 6, 3, 4], targets);
        Assert.Equal((3, 2, 2, 2, 1), (source.Count, source.Steps, source.InputSize, source.TargetRows, source.OutputSize));
    }

    public static TheoryData<float[][], float[][]> BadArrays() => new()
    {
        { [], [] },
        { [[1, 2]], [] },
        { [[1]], [[1]] },
        { [[1, 2, 3, 4, 5, 6]], [[]] },
        { [[1, 2], [1, 2, 3, 4]], [[1], [1]] },
        { [[1, 2], [1, 2]], [[1], [1, 2]] },
        { [[1, 2, 3]], [[1]] },
    };

    [Theory]
    [MemberData(nameof(BadArrays))]
    public void ArraySource_ArraysThatDoNotFit_Throw(float[][] inputs, float[][] targets)
        => Assert.Throws<ArgumentException>(() => new ArraySource(inputs, targets, inputSize: 2, outputSize: 1));

    [Fact]
    public void Fill_Batches_UseEverySampleOnceBeforeAnyTwice()
    {
        BatchSampler sampler = new(10, seed: 1);
        int[] drawn = new int[30];
        for (int i = 0; i < 30; i += 6)
            sampler.Fill(drawn.AsSpan(i, 6));
        foreach (int[] pass in drawn.Chunk(10))
            Assert.Equal(Enumerable.Range(0, 10), pass.Order());
        Assert.NotEqual(drawn[..10], drawn[10..20]);
    }
}
