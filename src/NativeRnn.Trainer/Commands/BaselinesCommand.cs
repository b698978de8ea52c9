using System.CommandLine;

namespace NativeRnn.Trainer;

/// <summary><c>baselines SPEC --data FILE</c>: what a network has to beat, on the test part of a spec.</summary>
internal static class BaselinesCommand
{
    public static Command Create(TextWriter output)
    {
        Argument<string> spec = new("SPEC") { Description = "The training spec, JSON; SPEC.md describes it." };
        Command command = new("baselines", "Measures copying the last value and ridge regression on the test part of a spec.")
        {
            spec, CommonArguments.Data,
        };
        command.SetAction(arguments => Run(arguments.GetRequiredValue(spec), arguments.GetRequiredValue(CommonArguments.Data), output));
        return command;
    }

    private static void Run(string specPath, string dataPath, TextWriter output)
    {
        TrainingSpec spec = TrainingSpec.Load(specPath);
        PreparedData data = PreparedData.Read(spec, dataPath);
        PreparedData.RequireWindows(dataPath, "test", data.Test);
        RidgeBaseline ridge = RidgeBaseline.Compute(data);
        double[] actual = data.Windows.ActualValues(data.Test);
        ErrorTable.Write(
            output,
            $"Test, {data.Test.LastRows.Count} windows",
            data.Recipe.Unit,
            ("copy last value", ForecastErrors.Measure(data.Windows.LastValues(data.Test), actual)),
            (string.Create(CultureInfo.InvariantCulture, $"ridge regression, penalty {ridge.Penalty}"), ForecastErrors.Measure(ridge.Forecasts, actual)));
    }
}
