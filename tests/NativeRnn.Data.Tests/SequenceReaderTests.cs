namespace NativeRnn.Data.Tests;

public sealed class SequenceReaderTests
{
    [Theory]
    [InlineData("1,2\n3,4\n\n5,6\n")]
    [InlineData("1,2\r\n3,4\r\n\r\n5,6")]
    [InlineData("\n\n1,2\n3,4\n \n\n\n5,6\n\n\n")]
    [InlineData("a,b\n1,2\n3,4\n\n5,6\n")]
    [InlineData("a,b\n\n1,2\n3,4\n\n5,6\n")]
    [InlineData("\uFEFF\"1\", 2\n3.0,+4e0\n\n\"5\",\"6\"\n")]
    public void Read_TwoSequences_GivesBoth(string text)
    {
        using SequenceReader reader = new(new StringReader(text), "input", featureCount: 2);

        Assert.True(reader.Read());
        Assert.Equal(new float[,] { { 1, 2 }, { 3, 4 } }, reader.Sequence.ToArray());
        Assert.True(reader.Read());
        Assert.Equal(new float[,] { { 5, 6 } }, reader.Sequence.ToArray());
        Assert.False(reader.Read());
        Assert.Equal(0, reader.StepCount);
    }

    [Fact]
    public void Read_OneFeature_SplitsOnBlankLines()
    {
        using SequenceReader reader = new(new StringReader("1\n2\n\n3\n"), "input", featureCount: 1);

        Assert.True(reader.Read());
        Assert.Equal(new float[,] { { 1 }, { 2 } }, reader.Sequence.ToArray());
        Assert.Equal(1, reader.FirstLine);
        Assert.True(reader.Read());
        Assert.Equal(new float[,] { { 3 } }, reader.Sequence.ToArray());
        Assert.Equal(4, reader.FirstLine);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("a,b\n")]
    public void Read_NoRows_GivesNoSequence(string text)
    {
        using SequenceReader reader = new(new StringReader(text), "input", featureCount: 2);

        Assert.False(reader.Read());
    }

    [Fact]
    public void Read_NineDigits_RoundTripsEveryBit()
    {
        Random random = new(1);
        float[] values = [.. Enumerable.Range(0, 3000).Select(_ => BitConverter.Int32BitsToSingle(random.Next(0x7F800000)))];
        string text = string.Join('\n', values.Select(value => value.ToString("G9", System.Globalization.CultureInfo.InvariantCulture)));
        using SequenceReader reader = new(new StringReader(text), "input", featureCount: 1);

        Assert.True(reader.Read());
        Assert.Equal(values.Length, reader.StepCount);
        for (int i = 0; i < values.Length; i++)
            Assert.Equal(BitConverter.SingleToInt32Bits(values[i]), BitConverter.SingleToInt32Bits(reader.Sequence[i, 0]));
    }

    [Theory]
    [InlineData("1,2\n3\n", 2, null, "found 1 value, expected 2")]
    [InlineData("1,2,3\n", 1, null, "found 3 values, expected 2")]
    [InlineData("1,2\n\n3,x\n", 4 - 1, "2", "found 'x', expected a number")]
    [InlineData("1,x\n3,4\n", 1, "2", "found 'x', expected a number")]
    [InlineData("a,b\nc,d\n", 2, "1", "found 'c', expected a number")]
    [InlineData("1,\n", 1, "2", "missing")]
    [InlineData("1,2\n1,nan\n", 2, "2", "finite")]
    [InlineData("1,2\n-1e39,1\n", 2, "1", "finite")]
    [InlineData("1,2\n,\n", 2, "1", "missing")]
    public void Read_BadRow_NamesRowAndColumn(string text, int row, string? column, string expected)
    {
        using SequenceReader reader = new(new StringReader(text), "input", featureCount: 2);

        DataFormatException exception = Assert.Throws<DataFormatException>(() =>
        {
            while (reader.Read())
            {
            }
        });
        Assert.Equal(row, exception.Row);
        Assert.Equal(column, exception.Column);
        Assert.Contains(expected, exception.Message);
    }
}
