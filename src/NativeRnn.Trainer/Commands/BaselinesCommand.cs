using System.CommandLine;

namespace NativeRnn.Trainer;

/// <summary><c>baselines SPEC --data FILE</c>: what a network has to beat, on the validation and test parts of a spec.</summary>
internal static class BaselinesCommand
{
    public static Command Create(TextWriter output)
    {
        Argument<string> spec = new("SPEC") { Description = "The training spec, JSON; SPEC.md describes it." };
        Option<ulong?> dense = new("--dense")
        {
            HelpName = "UNITS",
            Description = "Also trains a dense layer of so many units on all values of a window at once.",
            CustomParser = result => CommonArguments.ReadNumber(result, 1, (ulong)Architecture.MaxSize),
        };
        Command command = new("baselines", "Measures copying the last value and ridge regression on the validation and test parts of a spec.")
        {
            spec, CommonArguments.Data, dense, CommonArguments.Seed,
        };
        command.SetAction(arguments =>
        {
            TrainingSpec read = TrainingSpec.Load(arguments.GetRequiredValue(spec));
            ulong seed = arguments.GetValue(CommonArguments.Seed) ?? read.Options.Seed;
            Run(
                read with { Options = read.Options with { Seed = seed } },
                arguments.GetRequiredValue(CommonArguments.Data),
                (int?)arguments.GetValue(dense),
                output);
        });
        return command;
    }

    private static void Run(TrainingSpec spec, string dataPath, int? denseUnits, TextWriter output)
    {
        if (WindowTable.TargetsOf(spec.Architecture, spec.Horizon) != Training.WindowTargets.Horizon)
            throw new InputException("the spec's network forecasts every step up to its horizon; baselines are for one forecast a window, and evaluate shows those of copying");
        PreparedData data = PreparedData.Read(spec, dataPath);
        PreparedData.RequireWindows(dataPath, "test", data.Test);
        RidgeBaseline ridge = RidgeBaseline.Fit(data);
        List<(string Name, Func<WindowSet, double[]> Forecast)> baselines =
        [
            ("copy last value", data.Windows.LastValues),
            (FormattableString.Invariant($"ridge regression, penalty {ridge.Penalty}"), ridge.Forecast),
        ];
        if (denseUnits is int units)
            baselines.Add(($"dense({units}), seed {spec.Options.Seed}", DenseBaseline.Train(data, spec.Options, units).Forecast));

        if (data.Validation is not null)
            Write("Validation", data.Validation);
        Write("Test", data.Test);

        void Write(string part, WindowSet windows)
        {
            double[] actual = data.Windows.ActualValues(windows);
            ErrorTable.Write(
                output,
                $"{part}, {windows.LastRows.Count} windows",
                data.Recipe.Unit,
                [.. baselines.Select(baseline => (baseline.Name, ForecastErrors.Measure(baseline.Forecast(windows), actual)))]);
        }
    }
}
