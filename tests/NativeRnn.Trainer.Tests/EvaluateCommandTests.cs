using System.Text.Json.Nodes;
using CommunityToolkit.HighPerformance;
using SkiaSharp;

namespace NativeRnn.Trainer.Tests;

public sealed class EvaluateCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(new string[0], 5, 1461)]
    [InlineData(new[] { "--from", "2014-03-01" }, 790, 1461)]
    [InlineData(new[] { "--from", "2015-12-01", "--to", "2015-12-31" }, 1430, 1460)]
    [InlineData(new[] { "--from", "100", "--to", "200" }, 100, 200)]
    [InlineData(new[] { "--to", "7" }, 5, 7)]
    public void Evaluate_Range_EqualsForecastsMadeOneByOne(string[] range, int firstTarget, int endOfTargets)
    {
        string model = Train();

        TrainerResult result = TrainerRun.Of(["evaluate", model, "--data", SpecText.SeattleData, "--json", .. range]);

        Assert.Equal("", result.Error);
        JsonNode json = JsonNode.Parse(result.Output)!;
        (double mae, double rmse, double copyMae, double copyRmse) = ErrorsOneByOne(RnnModel.Load(model), firstTarget, endOfTargets);
        Assert.Equal(endOfTargets - firstTarget, json["windows"]!.GetValue<int>());
        Assert.Equal(0, json["skipped_for_gaps"]!.GetValue<int>());
        Assert.Equal(mae, json["mae"]!.GetValue<double>(), 1e-12);
        Assert.Equal(rmse, json["rmse"]!.GetValue<double>(), 1e-12);
        Assert.Equal(copyMae, json["copy_last_value_mae"]!.GetValue<double>(), 1e-12);
        Assert.Equal(copyRmse, json["copy_last_value_rmse"]!.GetValue<double>(), 1e-12);
        Assert.Equal(SeattleTable.Rows[firstTarget].Time, json["first_time"]!.GetValue<DateTime>());
        Assert.Equal(SeattleTable.Rows[endOfTargets - 1].Time, json["last_time"]!.GetValue<DateTime>());
        Assert.Equal("temp_max", json["target"]!.GetValue<string>());
        Assert.Equal("°C", json["unit"]!.GetValue<string>());
    }

    [Fact]
    public void Evaluate_AsAProcess_PrintsErrorsBesideTheBaseline()
    {
        TrainerResult result = TrainerProcess.Run("evaluate", Train(), "--data", SpecText.SeattleData, "--from", "2015-01-01");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.StartsWith("365 forecasts of temp_max, for 2015-01-01 to 2015-12-31\n", result.Output);
        Assert.Matches(@"m\.nrnn +\d\.\d{3} +\d\.\d{3}\n", result.Output);
        Assert.Matches(@"copy last value +2\.240 +2\.907\n", result.Output);
    }

    [Fact]
    public void Evaluate_MissingDay_SaysHowManyWindowsWereLeftOut()
    {
        string[] lines = File.ReadAllLines(SpecText.SeattleData);
        string data = _folder.Write("gap.csv", string.Join('\n', lines.Where((_, line) => line != 300)));

        TrainerResult result = TrainerRun.Of("evaluate", Train(), "--data", data);

        // From the first row of a window of 5 to its target are 5 steps.
        Assert.StartsWith("1450 forecasts of temp_max", result.Output);
        Assert.Contains("; 5 left out because they cross a gap in time", result.Output);
    }

    [Theory]
    [InlineData(new[] { "--from", "2020-01-01" }, "there is no window whose target lies in the rows asked for")]
    [InlineData(new[] { "--to", "5" }, "there is no window whose target lies in the rows asked for, 0 to 4 of 1461")]
    [InlineData(new[] { "--from", "1462" }, "row 1462 was asked for, but there are 1461 rows of data")]
    public void Evaluate_RangeWithoutWindows_IsRefused(string[] range, string expected)
    {
        TrainerResult result = TrainerRun.Of(["evaluate", Train(), "--data", SpecText.SeattleData, .. range]);

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.StartsWith($"error: {SpecText.SeattleData}: {expected}", result.Error);
    }

    [Theory]
    [InlineData("2014-01-01", "2015-01-01", 720)]
    [InlineData("2014-01-01", "2014-01-20", 360)]
    [InlineData("2014-03-01", "2014-06-01", 360)]
    public void Evaluate_Plot_DrawsAWinterAndASummerWeekOrTheRange(string from, string to, int expectedHeight)
    {
        string plots = _folder.PathOf("plots");

        TrainerResult result = TrainerRun.Of("evaluate", Train(), "--data", SpecText.SeattleData, "--from", from, "--to", to, "--plot", plots);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains($"Wrote {Path.Combine(plots, "forecast.png")}\nWrote {Path.Combine(plots, "errors.png")}\n", result.Output);
        using SKBitmap forecast = SKBitmap.Decode(Path.Combine(plots, "forecast.png"));
        using SKBitmap errors = SKBitmap.Decode(Path.Combine(plots, "errors.png"));
        Assert.Equal((expectedHeight, 720), (forecast.Height, errors.Height));
        SKColor blue = SKColor.Parse("#1f77b4");
        for (int top = 0; top < expectedHeight; top += 360)
            Assert.True(forecast.Pixels[(900 * top)..(900 * (top + 360))].Count(pixel => pixel == blue) > 100, "a plot has no line");
        Assert.True(errors.Pixels[..(900 * 360)].Count(pixel => pixel == blue) > 100, "there are no bars by hour");
        Assert.True(errors.Pixels[(900 * 360)..].Count(pixel => pixel == blue) > 100, "there are no bars by month");
    }

    [Fact]
    public void Evaluate_ModelWithoutRecipe_IsRefused()
    {
        string plain = _folder.PathOf("plain.nrnn");
        RnnModel.Load(Train()).WithRecipe(null).Save(plain);

        TrainerResult result = TrainerRun.Of("evaluate", plain, "--data", SpecText.SeattleData);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith($"error: {plain} has no forecast recipe", result.Error);
    }

    [Fact]
    public void Evaluate_FileThatIsNoModel_IsRefused()
    {
        TrainerResult result = TrainerRun.Of("evaluate", SpecText.SeattleData, "--data", SpecText.SeattleData);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error: ", result.Error);
        Assert.DoesNotContain("unexpected", result.Error);
    }

    private string Train()
    {
        string model = _folder.PathOf("m.nrnn");
        string spec = _folder.Write("spec.json", SpecText.Seattle);
        Assert.Equal(0, TrainerRun.Of("train", spec, "--data", SpecText.SeattleData, "--out", model, "--quiet").ExitCode);
        return model;
    }

    /// <summary>What the device's own class makes of each window, held against rows read without the library.</summary>
    private static (double Mae, double Rmse, double CopyMae, double CopyRmse) ErrorsOneByOne(RnnModel model, int firstTarget, int endOfTargets)
    {
        using Forecaster forecaster = new(model);
        Assert.Equal(["temp_max", "wind"], forecaster.SourceColumns);
        List<double> errors = [];
        List<double> copyErrors = [];
        for (int target = firstTarget; target < endOfTargets; target++)
        {
            var window = SeattleTable.Rows[(target - 5)..target];
            double[] values = [.. window.SelectMany(row => new[] { row.High, row.Wind })];
            DateTime[] times = [.. window.Select(row => row.Time)];
            Forecast forecast = forecaster.Forecast(new ReadOnlySpan2D<double>(values, 5, 2), times);
            errors.Add(forecast.Value - SeattleTable.Rows[target].High);
            copyErrors.Add(SeattleTable.Rows[target - 1].High - SeattleTable.Rows[target].High);
        }

        return (
            errors.Average(Math.Abs),
            Math.Sqrt(errors.Average(error => error * error)),
            copyErrors.Average(Math.Abs),
            Math.Sqrt(copyErrors.Average(error => error * error)));
    }
}
