using System.Text.Json.Nodes;

namespace NativeRnn.Trainer.Tests;

/// <summary>Networks that forecast every step up to their horizon: with a decoder, with an output for each step, or rolled forward.</summary>
public sealed class SeveralStepsTests : IDisposable
{
    private const int Horizon = 3;
    private const int First = 1000;
    private const int End = 1100;

    private const string Encoder = """[{ "gru": { "units": 4 } }]""";
    private const string Decoder = """[{ "gru": { "units": 4, "return_sequences": true } }, { "dense": { "units": 1 } }]""";

    private static readonly string WithDecoder = SpecText.Seattle.With("horizon", "3").With("layers", Encoder).With("decoder", Decoder);

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("decoder")]
    [InlineData("forced decoder")]
    [InlineData("outputs")]
    [InlineData("rolled")]
    public void Evaluate_EachKind_MeasuresEachLead(string kind)
    {
        string spec = kind switch
        {
            "decoder" => WithDecoder.With("teacher_forcing", "0"),
            "forced decoder" => WithDecoder,
            "outputs" => SpecText.Seattle.With("horizon", "3").With("layers", """[{ "gru": { "units": 4 } }, { "dense": { "units": 3 } }]"""),
            _ => SpecText.Seattle.With("inputs", """["temp_max"]"""),
        };
        string path = Train(spec);
        string[] roll = kind == "rolled" ? ["--roll", "3"] : [];

        TrainerResult result = TrainerRun.Of(["evaluate", path, "--data", SpecText.SeattleData, "--from", "1000", "--to", "1100", "--json", .. roll]);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        JsonNode json = JsonNode.Parse(result.Output)!;
        double[] errors = ErrorsOneByOne(RnnModel.Load(path));
        // All of a window's targets lie in the range.
        Assert.Equal(End - First - (Horizon - 1), json["windows"]!.GetValue<int>());
        // The batch gives the same outputs, but the sums run in another order.
        Assert.All(errors.Zip(json["leads"]!.AsArray()), pair => Assert.Equal(pair.First, pair.Second!["mae"]!.GetValue<double>(), 1e-9));
        Assert.Equal([1, 2, 3], json["leads"]!.AsArray().Select(lead => lead!["steps_ahead"]!.GetValue<int>()));
        Assert.Equal(errors.Average(), json["mae"]!.GetValue<double>(), 1e-8);
        // Three days ahead the value of a horizon before is the last one.
        Assert.Equal(json["leads"]![2]!["copy_last_value_mae"]!.GetValue<double>(), json["leads"]![2]!["copy_horizon_before_mae"]!.GetValue<double>());
        Assert.NotEqual(json["leads"]![0]!["copy_last_value_mae"]!.GetValue<double>(), json["leads"]![0]!["copy_horizon_before_mae"]!.GetValue<double>());
    }

    [Fact]
    public void Evaluate_Text_HasARowForEachLeadAndAPicture()
    {
        string plots = _folder.PathOf("plots");
        TrainerResult result = TrainerRun.Of("evaluate", Train(WithDecoder), "--data", SpecText.SeattleData, "--from", "2015-01-01", "--plot", plots);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Contains("363 windows with 3 forecasts of temp_max", result.Output, StringComparison.Ordinal);
        Assert.Matches(@"MAE, ahead  m\.nrnn  copy last value  copy 72 h before\n +24 h +\d\.\d{3} +2\.\d{3} +\d\.\d{3}\n +48 h ", result.Output);
        Assert.True(new FileInfo(Path.Combine(plots, "leads.png")).Length > 1000);
    }

    [Theory]
    [InlineData("teacher_forcing", "0.5", "$.teacher_forcing: only a network with a decoder")]
    [InlineData("decoder", """[{ "gru": { "units": 5, "return_sequences": true } }, { "dense": { "units": 1 } }]""", "$.decoder: ")]
    public void Train_SettingsThatDoNotFit_AreRefused(string property, string value, string expected)
    {
        string spec = SpecText.Seattle.With(property, value);
        TrainerResult result = TrainerRun.Of("train", _folder.Write("s.json", spec), "--data", SpecText.SeattleData, "--out", _folder.PathOf("m.nrnn"));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_TeacherForcingOutOfRange_IsRefused()
    {
        string spec = _folder.Write("s.json", WithDecoder.With("teacher_forcing", "2"));
        Assert.Contains(
            "$.teacher_forcing: found 2, expected a number from 0 to 1",
            TrainerRun.Of("train", spec, "--data", SpecText.SeattleData, "--out", _folder.PathOf("m.nrnn")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_RollOfAModelThatCannotBe_IsRefused()
    {
        TrainerResult result = TrainerRun.Of("evaluate", Train(SpecText.Seattle), "--data", SpecText.SeattleData, "--roll", "3");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("cannot be rolled forward: that takes a model whose one input is its target, one step ahead", result.Error, StringComparison.Ordinal);
    }

    private string Train(string spec)
    {
        string model = _folder.PathOf("m.nrnn");
        TrainerResult result = TrainerRun.Of("train", _folder.Write("s.json", spec), "--data", SpecText.SeattleData, "--out", model, "--quiet", "--threads", "1");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return model;
    }

    /// <summary>The mean absolute error of each lead, from forecasts made window by window.</summary>
    private static double[] ErrorsOneByOne(RnnModel model)
    {
        double[] sums = new double[Horizon];
        using RnnSession session = model.CreateSession();
        FeatureTransform transform = new(model.Recipe!.Inputs, model.Recipe.Target);
        int window = model.Recipe.Window;
        int count = End - First - (Horizon - 1);
        for (int target = First; target < First + count; target++)
        {
            float[] features = new float[window * transform.FeatureCount];
            for (int step = 0; step < window; step++)
            {
                (DateTime time, double high, double wind) = SeattleTable.Rows[target - window + step];
                double[] values = transform.SourceColumns.Count == 1 ? [high] : [high, wind];
                transform.ComputeNormalised(values, time, features.AsSpan(step * transform.FeatureCount, transform.FeatureCount));
            }

            float[] outputs = new float[Horizon];
            if (model.Recipe.Horizon == 1)
                RollForward.Run(session, features, outputs);
            else
                session.Run(features, outputs);
            for (int lead = 0; lead < Horizon; lead++)
                sums[lead] += Math.Abs(model.Recipe.ToUnit(outputs[lead]) - SeattleTable.Rows[target + lead].High);
        }

        return [.. sums.Select(sum => sum / count)];
    }
}
