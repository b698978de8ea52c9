using System.Globalization;
using System.Text;

namespace NativeRnn.Data.Tests;

public sealed class CsvTableTests
{
    private const string Good = "time,a,b,note\n2020-01-01,1,2,x\n2020-01-02,3,4,y\n2020-01-03,5,6,z\n";

    [Fact]
    public void Read_ColumnsInAnyOrder_GivesThemInTheOrderAskedFor()
    {
        CsvTable table = Read(Good, "b", "a");

        Assert.Equal(["b", "a"], table.Columns);
        Assert.Equal(new double[,] { { 2, 1 }, { 4, 3 }, { 6, 5 } }, table.Values.ToArray());
        Assert.Equal([new DateTime(2020, 1, 1), new DateTime(2020, 1, 2), new DateTime(2020, 1, 3)], table.Times.ToArray());
        Assert.Equal([2, 3, 4], [table.LineOf(0), table.LineOf(1), table.LineOf(2)]);
    }

    [Theory]
    [InlineData("time,a\r\n2020-01-01,1\r\n2020-01-02,2\r\n")]
    [InlineData("time,a\n2020-01-01,1\n2020-01-02,2")]
    [InlineData("time,a\r2020-01-01,1\r2020-01-02,2\r")]
    [InlineData("\n\ntime,a\n\n2020-01-01,1\n   \n2020-01-02,2\n\n\n")]
    [InlineData("\"time\",\"a\"\n\"2020-01-01\",\"1\"\n2020-01-02,\"2\"\n")]
    [InlineData(" time , a \n 2020-01-01 , 1 \n 2020-01-02 , 2 \n")]
    [InlineData("\uFEFFtime,a\n2020-01-01,1\n2020-01-02,2\n")]
    [InlineData("a,time\n1,2020-01-01\n2,2020-01-02\n")]
    [InlineData("time,a,note\n2020-01-01,1,\"two\nlines, one \"\"cell\"\"\"\n2020-01-02,2,\n")]
    [InlineData("#,time,a\n#,2020-01-01,1\n#,2020-01-02,2\n")]
    [InlineData("note,note,time,a\n,,2020-01-01,+1.0\n,,2020-01-02,20e-1\n")]
    public void Read_VariantsOfCsv_GivesTheSameTable(string text)
    {
        CsvTable table = Read(text, "a");

        Assert.Equal(new double[,] { { 1 }, { 2 } }, table.Values.ToArray());
        Assert.Equal([new DateTime(2020, 1, 1), new DateTime(2020, 1, 2)], table.Times.ToArray());
    }

    [Theory]
    [InlineData("2020-02-29")]
    [InlineData("2020-02-29 00:00")]
    [InlineData("2020-02-29 00:00:00")]
    [InlineData("2020-02-29T00:00")]
    [InlineData("2020-02-29T00:00:00")]
    [InlineData("29.02.2020 00:00:00")]
    public void Read_EachFormOfTime_GivesTheTime(string time)
        => Assert.Equal([new DateTime(2020, 2, 29)], Read($"time,a\n{time},1\n", "a").Times.ToArray());

    [Fact]
    public void Read_TimeOfDay_KeepsSeconds()
        => Assert.Equal([new DateTime(2009, 1, 31, 13, 50, 7)], Read("time,a\n31.01.2009 13:50:07,1\n", "a").Times.ToArray());

    [Fact]
    public void Read_LongFile_ReadsEveryRow()
    {
        StringBuilder text = new("time,a\n");
        for (int i = 0; i < 20_000; i++)
            text.Append(new DateTime(2020, 1, 1).AddMinutes(i).ToString("yyyy-MM-dd HH:mm,")).Append(i).Append('\n');

        CsvTable table = Read(text.ToString(), "a");

        Assert.Equal(20_000, table.RowCount);
        Assert.Equal(19_999, table.Values[19_999, 0]);
        Assert.Equal(20_001, table.LineOf(19_999));
    }

    [Fact]
    public void Read_SeattleWeather_HasFourYears()
    {
        CsvTable table = CsvTable.Read(Path.Combine(AppContext.BaseDirectory, "seattle-weather.csv"), "date", ["temp_max", "wind"]);

        Assert.Equal(1461, table.RowCount);
        Assert.Equal(new DateTime(2015, 12, 31), table.Times[^1]);
        Assert.Equal(12.8, table.Values[0, 0]);
        Assert.Equal(4.7, table.Values[0, 1]);
    }

    [Theory]
    [InlineData("", null, null, "empty")]
    [InlineData("\n\n", null, null, "empty")]
    [InlineData("time,b\n2020-01-01,1\n", 1, null, "no column 'a'; there are 'time', 'b'")]
    [InlineData("date,a\n2020-01-01,1\n", 1, null, "no column 'time'; there are 'date', 'a'")]
    [InlineData("time,a,a\n2020-01-01,1,2\n", 1, "'a'", "twice")]
    [InlineData("time,a\n2020-01-01,\n", 2, "'a'", "missing")]
    [InlineData("time,a\n2020-01-01,1\n2020-01-02, \n", 3, "'a'", "missing")]
    [InlineData("time,a\n2020-01-01,1\n\n2020-01-02,warm\n", 4, "'a'", "found 'warm', expected a number")]
    [InlineData("time,a\n2020-01-01,NaN\n", 2, "'a'", "found 'NaN', expected a number")]
    [InlineData("time,a\n2020-01-01,1e999\n", 2, "'a'", "found '1e999', expected a number")]
    [InlineData("time,a\n2020-01-01,\"1,5\"\n", 2, "'a'", "found '1,5', expected a number")]
    [InlineData("time,a\n2020-01-01,1\u001b[2J\n", 2, "'a'", "found '1?[2J', expected a number")]
    [InlineData("time,a\n,1\n", 2, "'time'", "time is missing")]
    [InlineData("time,a\n2020-02-30,1\n", 2, "'time'", "found '2020-02-30', expected a time")]
    [InlineData("time,a\n01/02/2020,1\n", 2, "'time'", "found '01/02/2020', expected a time")]
    [InlineData("time,a\n2020-01-01,1\n2020-01-01,2\n", 3, "'time'", "same as in the row before")]
    [InlineData("time,a\n2020-01-02,1\n2020-01-01,1\n", 3, "'time'", "before that of the row before, 2020-01-02 00:00:00")]
    [InlineData("time,a\n2020-01-01\n", 2, null, "found 1 field, expected 2")]
    [InlineData("time,a\n2020-01-01,1,2\n", 2, null, "found 3 fields, expected 2")]
    [InlineData("time,a\n", null, null, "found 0 rows of data, expected at least 1")]
    [InlineData("time,a\n2020-01-01,\"1\n", 2, null, "quoted field")]
    [InlineData("time,a\n2020-01-01,1\n2020-01-02,\"1\"x\n", 3, null, "quoted field")]
    [InlineData("time,a\n\0,1\n", 2, null, "not CSV")]
    [InlineData("time,a,n\n2020-01-01,1,\"two\nlines\"\n2020-01-02,x,\n", 4, "'a'", "found 'x'")]
    public void Read_BadFile_NamesRowColumnAndWhatWasExpected(string text, int? row, string? column, string expected)
    {
        DataFormatException exception = Assert.Throws<DataFormatException>(() => Read(text, "a"));

        Assert.Equal(row, exception.Row);
        Assert.Equal(column, exception.Column);
        Assert.Equal("data.csv", exception.File);
        Assert.StartsWith("data.csv", exception.Message);
        Assert.Contains(expected, exception.Message);
        if (row is not null)
            Assert.Contains($"row {row}", exception.Message);
        if (column is not null)
            Assert.Contains($"column {column}", exception.Message);
    }

    [Fact]
    public void Read_SeparatedBySemicolons_HintsAtIt()
    {
        DataFormatException exception = Assert.Throws<DataFormatException>(() => Read("time;a\n2020-01-01;1\n", "a"));

        Assert.Contains("separated by commas", exception.Hint);
    }

    [Fact]
    public void Read_RecordThatNeverEnds_IsRefused()
    {
        string endless = "time,a\n2020-01-01,\"" + new string('1', 5_000_000);

        Assert.Contains("characters", Assert.Throws<DataFormatException>(() => Read(endless, "a")).Message);
    }

    [Fact]
    public void Read_FewerRowsThanAskedFor_SaysHowMany()
    {
        DataFormatException exception = Assert.Throws<DataFormatException>(() => CsvTable.Read(new StringReader(Good), "data.csv", "time", ["a"], minimumRows: 4));

        Assert.Contains("found 3 rows of data, expected at least 4", exception.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4095)]
    [InlineData(7000)]
    [InlineData(20_000)]
    public void ReadLast_LongFile_GivesTheLastRows(int rows)
    {
        StringBuilder text = new("time,a\n");
        for (int i = 0; i < 20_000; i++)
            text.Append(new DateTime(2020, 1, 1).AddMinutes(i).ToString("yyyy-MM-dd HH:mm,")).Append(i).Append('\n');

        CsvTable table = CsvTable.ReadLast(new StringReader(text.ToString()), "data.csv", "time", ["a"], rows);

        Assert.Equal(rows, table.RowCount);
        Assert.Equal(20_000 - rows, table.Values[0, 0]);
        Assert.Equal(19_999, table.Values[rows - 1, 0]);
        Assert.Equal(20_001, table.LineOf(rows - 1));
        Assert.Equal(new DateTime(2020, 1, 1).AddMinutes(19_999), table.Times[^1]);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void ReadLast_BadRow_MattersOnlyAmongTheLast(int rows, bool isGood)
    {
        const string Text = "time,a\n2020-01-01,1\n2020-01-02,x\n2020-01-03,3\n2020-01-04,4\n";
        Func<CsvTable> read = () => CsvTable.ReadLast(new StringReader(Text), "data.csv", "time", ["a"], rows);

        if (isGood)
            Assert.Equal(new double[,] { { 3 }, { 4 } }, read().Values.ToArray());
        else
            Assert.Equal(3, Assert.Throws<DataFormatException>(read).Row);
    }

    [Fact]
    public void ReadLast_FewerRowsThanAskedFor_SaysHowMany()
    {
        DataFormatException exception = Assert.Throws<DataFormatException>(() => CsvTable.ReadLast(new StringReader(Good), "data.csv", "time", ["a"], 4));

        Assert.Contains("found 3 rows of data, expected at least 4", exception.Message);
    }

    [Fact]
    public void Read_Duplicates_AreLeftOutWhereverTheyStand()
    {
        // The second row is repeated at once, a block of two after the fourth; the column b does not matter.
        const string Text = "time,a,b\n2020-01-01,1,1\n2020-01-02,2,1\n2020-01-02,2,9\n2020-01-03,3,1\n2020-01-04,4,1\n2020-01-02,2,1\n2020-01-03,3,1\n2020-01-05,5,1\n";

        CsvTable table = Read(Text, "a");

        Assert.Equal([1, 2, 3, 4, 5], table.Values.ToArray().Cast<double>());
        Assert.Equal([2, 3, 5, 6, 9], Enumerable.Range(0, 5).Select(table.LineOf));
        Assert.Equal((3, 0), (table.DuplicateRows, table.RowsWithMissingValues));
    }

    [Fact]
    public void Read_MissingValue_LeavesOutRowsThatHaveItInAColumnAskedFor()
    {
        const string Text = "time,a,b\n01.01.2009 00:10:00,1,-9999\n01.01.2009 00:20:00,-9999.0,1\n01.01.2009 00:30:00,3,1\n";

        CsvTable table = CsvTable.Read(new StringReader(Text), "data.csv", "time", ["a"], missingValue: -9999);

        Assert.Equal([1, 3], table.Values.ToArray().Cast<double>());
        Assert.Equal(1, table.RowsWithMissingValues);
        Assert.Equal([-9999, 1, 1], Read(Text, "b").Values.ToArray().Cast<double>());
    }

    [Fact]
    public void ReadLast_Reach_TakesRowsLessThanItBeforeTheLast()
    {
        string text = "time,a\n" + string.Concat(Enumerable.Range(0, 20000).Select(
            row => string.Create(CultureInfo.InvariantCulture, $"{new DateTime(2020, 1, 1).AddMinutes(10 * row):yyyy-MM-dd HH:mm:ss},{row}\n")));

        CsvTable table = CsvTable.ReadLast(new StringReader(text), "data.csv", "time", ["a"], 3, reach: TimeSpan.FromHours(3));

        Assert.Equal(Enumerable.Range(19982, 18).Select(row => (double)row), table.Values.ToArray().Cast<double>());
        Assert.Equal([19987, 19993, 19999], table.LastInStrides(3, 6).Values.ToArray().Cast<double>());
        Assert.Equal(20001, table.LastInStrides(3, 6).LineOf(2));
    }

    private static CsvTable Read(string text, params string[] columns)
        => CsvTable.Read(new StringReader(text), "data.csv", "time", columns);

    [Theory]
    [InlineData("date,a\n2020-01-01,1\n")]
    [InlineData("Date Time,a\n01.01.2020 00:00:00,1\n")]
    public void Read_TimeColumnWithTwoNames_TakesTheOneThereIs(string text)
        => Assert.Equal(new DateTime(2020, 1, 1), CsvTable.Read(new StringReader(text), "file", "date|Date Time", ["a"]).Times[0]);
}
