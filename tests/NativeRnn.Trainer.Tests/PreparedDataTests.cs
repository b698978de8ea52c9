using NativeRnn.Data;
using NativeRnn.Training;

namespace NativeRnn.Trainer.Tests;

public sealed class PreparedDataTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_SplitByRows_WindowsBelongToThePartOfTheirTarget()
    {
        PreparedData data = Read(SpecText.Daily, DailyTable.Write(_folder, rows: 40));

        // Window 3, horizon 2: the first window ends at row 2 and has its target in row 4; training targets end at row 19.
        Assert.Equal(Enumerable.Range(2, 16), data.Training.LastRows);
        Assert.Equal(Enumerable.Range(18, 10), data.Validation!.LastRows);
        Assert.Equal(Enumerable.Range(28, 10), data.Test.LastRows);
    }

    [Theory]
    [InlineData("""{ "train_until": "2020-01-21", "validation_until": "2020-01-31", "test_until": "2020-02-05" }""")]
    [InlineData("""{ "train_until": "2020-01-20 12:00", "validation_until": "2020-01-30 00:00:01", "test_until": "2020-02-04 23:59" }""")]
    [InlineData("""{ "train_until": 20, "validation_until": 30, "test_until": 35 }""")]
    public void Read_SplitByTimesOrRows_GivesTheSameParts(string split)
    {
        PreparedData data = Read(SpecText.Daily.With("split", split), DailyTable.Write(_folder, rows: 40));

        Assert.Equal(Enumerable.Range(2, 16), data.Training.LastRows);
        Assert.Equal(Enumerable.Range(18, 10), data.Validation!.LastRows);
        Assert.Equal(Enumerable.Range(28, 5), data.Test.LastRows);
    }

    [Fact]
    public void Read_WithoutValidation_TestFollowsTraining()
    {
        PreparedData data = Read(SpecText.Daily.With("split", """{ "train_until": 20 }"""), DailyTable.Write(_folder, rows: 40));

        Assert.Equal(Enumerable.Range(2, 16), data.Training.LastRows);
        Assert.Null(data.Validation);
        Assert.Equal(Enumerable.Range(18, 20), data.Test.LastRows);
    }

    [Fact]
    public void Read_MeansAndDeviations_AreOfTheTrainingRowsAlone()
    {
        ForecastRecipe recipe = Read(SpecText.Daily, DailyTable.Write(_folder, rows: 40)).Recipe;

        // Of n = 20 consecutive numbers the deviation is the root of (n^2 - 1) / 12.
        double deviation = Math.Sqrt(399 / 12.0);
        Assert.Equal(109.5, recipe.Inputs[0].Mean, 1e-9);
        Assert.Equal(deviation, recipe.Inputs[0].Deviation, 1e-9);
        Assert.Equal(1019, recipe.TargetMean, 1e-9);
        Assert.Equal(2 * deviation, recipe.TargetDeviation, 1e-9);
        Assert.Equal(("t", "y", 3, 2, TimeSpan.FromDays(1)), (recipe.TimeColumn, recipe.Target, recipe.Window, recipe.Horizon, recipe.SamplingInterval));
    }

    [Fact]
    public void ToSource_EveryPart_HoldsTheRowsThatItSays()
    {
        PreparedData data = Read(SpecText.Daily, DailyTable.Write(_folder, rows: 40));

        foreach (WindowSet windows in new[] { data.Training, data.Validation!, data.Test })
        {
            for (int i = 0; i < windows.LastRows.Count; i++)
            {
                int last = windows.LastRows[i];
                (double[] inputs, double target) = ReadSample(data, windows, i);
                Assert.Equal([100 + last - 2, 100 + last - 1, 100 + last], inputs.Select(value => Math.Round(value)));
                Assert.Equal(1000 + 2 * (last + 2), Math.Round(target));
            }
        }
    }

    [Fact]
    public void ActualAndLastValues_AreOfTheTargetAndTheLastRow()
    {
        PreparedData data = Read(SpecText.Daily, DailyTable.Write(_folder, rows: 40));

        Assert.Equal(1000 + 2 * 20, data.Windows.ActualValues(data.Validation!)[0]);
        Assert.Equal(1000 + 2 * 18, data.Windows.LastValues(data.Validation!)[0]);
    }

    [Fact]
    public void Read_MissingDay_LeavesOutTheWindowsThatCrossIt()
    {
        PreparedData data = Read(SpecText.Daily, DailyTable.Write(_folder, rows: 41, isThere: row => row != 12));

        // From a window's first row to its target are 4 steps, so 4 windows cross the gap: those with targets in rows 12 to 15.
        Assert.Equal(4, data.Training.SkippedForGaps);
        Assert.Equal([.. Enumerable.Range(2, 8), .. Enumerable.Range(14, 4)], data.Training.LastRows);
        Assert.Equal(0, data.Validation!.SkippedForGaps);
        Assert.Equal(Enumerable.Range(18, 10), data.Validation.LastRows);
    }

    [Theory]
    [InlineData(5.9, 0)]
    [InlineData(6.1, 4)]
    [InlineData(-6.1, 4)]
    public void Read_RowsThatAreNotQuiteEven_AreAllowedAQuarterOfTheInterval(double hours, int skipped)
    {
        DateTime day = DailyTable.FirstDay;
        IEnumerable<string> rows = Enumerable.Range(0, 40).Select(row => string.Create(
            CultureInfo.InvariantCulture, $"{day.AddDays(row).AddHours(row >= 10 ? hours : 0):yyyy-MM-dd HH:mm:ss},{row},{row % 7}"));
        string path = _folder.Write("data.csv", "t,x,y\n" + string.Join('\n', rows));

        Assert.Equal(skipped, Read(SpecText.Daily, path).Training.SkippedForGaps);
    }

    [Fact]
    public void Read_RowsFinerThanTheSamplingInterval_WindowsStepOverRows()
    {
        string spec = SpecText.Daily.With("sampling_interval", "\"30min\"").With("split", """{ "train_until": 40, "validation_until": 60 }""");

        PreparedData data = Read(spec, DailyTable.Write(_folder, rows: 70, spacing: TimeSpan.FromMinutes(10)));

        // Three rows a step: a window of 3 steps reaches 6 rows back, its target lies 6 rows on.
        Assert.Equal(Enumerable.Range(6, 28), data.Training.LastRows);
        (double[] inputs, double target) = ReadSample(data, data.Training, 0);
        Assert.Equal([100, 103, 106], inputs.Select(value => Math.Round(value)));
        Assert.Equal(1000 + 2 * 12, Math.Round(target));
        Assert.Equal(1000 + 2 * 12, data.Windows.ActualValues(data.Training)[0]);
        Assert.Equal(1000 + 2 * 6, data.Windows.LastValues(data.Training)[0]);
    }

    [Fact]
    public void Read_TenMinuteFileWithDefects_GivesWindowsOfTheHourlyOne()
    {
        // Hourly steps of ten-minute rows: a window of 3 and a horizon of 2 reach 24 rows. One row lacks its value, one is not there, one is
        // there twice, and a column that is not used lacks a value.
        string text = "date,x,y,m\uFFFD\r\n" + string.Concat(Enumerable.Range(0, 600).Where(row => row != 300).SelectMany(row =>
        {
            string line = string.Create(
                CultureInfo.InvariantCulture,
                $"{new DateTime(2009, 1, 1).AddMinutes(10 * row):dd.MM.yyyy HH:mm:ss},{(row == 100 ? -9999 : 100 + row)},{row % 50},{(row == 7 ? -9999 : 0)}\r\n");
            return row == 200 ? new[] { line, line } : [line];
        }));
        string spec = SpecText.Daily.With("time", "\"date\"").With("sampling_interval", "\"1h\"").With("missing", "-9999.0")
            .With("split", """{ "train_until": "2009-01-04", "validation_until": "2009-01-05" }""");

        PreparedData data = Read(spec, _folder.Write("data.csv", text));

        Assert.Equal(("598; 1 more with a missing value; 1 more that repeat an earlier one", -9999.0), (data.Windows.RowCounts, data.Recipe.MissingValue));
        // Targets 24 to 99, 125 to 299 and 325 to 431 before the fourth day, which begins at row 432.
        int[] targets = [.. Enumerable.Range(24, 76), .. Enumerable.Range(125, 175), .. Enumerable.Range(325, 107)];
        Assert.Equal(targets.Select(row => (double)(row % 50)), data.Windows.ActualValues(data.Training));
        (double[] inputs, _) = ReadSample(data, data.Training, 76);
        Assert.Equal([201, 207, 213], inputs.Select(value => Math.Round(value)));
        Assert.Equal(48, data.Training.SkippedForGaps);
    }

    [Fact]
    public void Read_RowsThatDoNotFitTheSamplingInterval_IsRefused()
    {
        string path = DailyTable.Write(_folder, rows: 40, spacing: TimeSpan.FromDays(2));

        DataFormatException exception = Assert.Throws<DataFormatException>(() => Read(SpecText.Daily, path));

        Assert.Contains("the rows are typically 2.00:00:00 apart, which is no whole fraction of the sampling interval 1.00:00:00", exception.Message);
    }

    [Theory]
    [InlineData(4, 30, "found 4 rows of data, expected at least 5")]
    [InlineData(40, 4, "the training part has 4 rows, expected at least 5 (window 3 and horizon 2)")]
    [InlineData(20, 20, "the validation part has no windows, expected at least 1")]
    public void Read_TooFewRows_IsRefused(int rows, int trainUntil, string expected)
    {
        string spec = SpecText.Daily.With("split", $$"""{ "train_until": "{{DailyTable.FirstDay.AddDays(trainUntil):yyyy-MM-dd}}", "validation_until": "2030-01-01" }""");

        DataFormatException exception = Assert.Throws<DataFormatException>(() => Read(spec, DailyTable.Write(_folder, rows)));

        Assert.EndsWith(expected, exception.Message);
    }

    [Fact]
    public void Read_SplitBeyondTheLastRow_IsRefused()
    {
        DataFormatException exception = Assert.Throws<DataFormatException>(() => Read(SpecText.Daily, DailyTable.Write(_folder, rows: 25)));

        Assert.EndsWith("row 30 was asked for, but there are 25 rows of data", exception.Message);
    }

    [Fact]
    public void Read_InputConstantOverTrainingRows_IsRefused()
    {
        string spec = SpecText.Daily.With("inputs", """["x", { "name": "late", "expression": "max(x, 125)" }]""");

        DataFormatException exception = Assert.Throws<DataFormatException>(() => Read(spec, DailyTable.Write(_folder, rows: 40)));

        Assert.Contains("the input 'late' has deviation 0 over the 20 training rows", exception.Message);
    }

    [Fact]
    public void Read_InputThatIsNotANumber_NamesRowAndInput()
    {
        string spec = SpecText.Daily.With("inputs", """[{ "name": "log", "expression": "ln(x - 110)" }]""");

        DataFormatException exception = Assert.Throws<DataFormatException>(() => Read(spec, DailyTable.Write(_folder, rows: 40)));

        Assert.Equal((2, "input 'log'"), (exception.Row, exception.Column));
        Assert.Contains("ln(x - 110) is NaN, not a finite number", exception.Message);
    }

    [Fact]
    public void Read_BinaryCrossEntropy_LeavesTheTargetAsItIs()
    {
        string rows = string.Join('\n', Enumerable.Range(0, 40).Select(row => $"{DailyTable.FirstDay.AddDays(row):yyyy-MM-dd},{row},{row % 2}"));
        string spec = SpecText.Daily.With("loss", "\"binary_cross_entropy\"")
            .With("layers", """[{ "gru": { "units": 2 } }, { "dense": { "units": 1, "activation": "sigmoid" } }]""");

        ForecastRecipe recipe = Read(spec, _folder.Write("data.csv", "t,x,y\n" + rows)).Recipe;

        Assert.Equal((0, 1), (recipe.TargetMean, recipe.TargetDeviation));
        DataFormatException exception = Assert.Throws<DataFormatException>(() => Read(spec, DailyTable.Write(_folder, rows: 40)));
        Assert.Equal((2, "'y'"), (exception.Row, exception.Column));
    }

    private static PreparedData Read(string spec, string path) => PreparedData.Read(TrainingSpec.Parse("spec.json", spec), path);

    /// <summary>A sample as training sees it, in the units of the table.</summary>
    private static (double[] Inputs, double Target) ReadSample(PreparedData data, WindowSet windows, int index)
    {
        WindowSource source = data.Windows.ToSource(windows);
        float[] inputs = new float[source.Steps];
        float[] target = new float[1];
        source.Read([index], inputs, target);
        RecipeInput input = data.Recipe.Inputs[0];
        return (
            [.. inputs.Select(value => value * input.Deviation + input.Mean)],
            target[0] * data.Recipe.TargetDeviation + data.Recipe.TargetMean);
    }
}
