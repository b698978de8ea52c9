namespace NativeRnn.Soak;

/// <summary>
/// What lasts too long for a test, or ends with a killed process:
/// <c>steps [--steps N] [MODEL.nrnn ...]</c> streams N steps (100 million without it) through each model, or through one of each cell;
/// <c>saves FILE</c> saves two models to one file in turn until it is killed.
/// </summary>
internal static class Program
{
    private const long DefaultSteps = 100_000_000;

    private static int Main(string[] arguments)
    {
        try
        {
            switch (arguments)
            {
                case ["steps", "--steps", string count, .. string[] models] when long.TryParse(count, CultureInfo.InvariantCulture, out long steps) && steps >= StepSoak.MinSteps:
                    return Steps(steps, models);
                case ["steps", .. string[] models] when models is not ["--steps", ..]:
                    return Steps(DefaultSteps, models);
                case ["saves", string path]:
                    SavesForever(path);
                    return 0;
                default:
                    Console.Error.WriteLine($"error: expected steps [--steps N] [MODEL.nrnn ...], with N from {StepSoak.MinSteps}, or saves FILE");
                    return 2;
            }
        }
        catch (Exception exception) when (exception is IOException or ModelFormatException or NotSupportedException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine("error: " + exception.Message);
            return 1;
        }
    }

    private static int Steps(long steps, string[] paths)
    {
        bool isGood = true;
        foreach ((string name, RnnModel model) in paths.Length == 0 ? SeededModels.OfEachCell() : paths.Select(path => (path, RnnModel.Load(path))))
        {
            // Compiles everything.
            new StepSoak(model).Run(StepSoak.MinSteps);
            SoakResult result = new StepSoak(model).Run(steps);
            isGood &= result.IsGood;
            Console.WriteLine($"{name}: {result}");
        }

        return isGood ? 0 : 1;
    }

    private static void SavesForever(string path)
    {
        RnnModel[] models = [SeededModels.ToSave(1), SeededModels.ToSave(2)];
        for (long i = 0; ; i++)
        {
            models[i % 2].Save(path);
            Console.WriteLine(i + 1);
        }
    }
}
