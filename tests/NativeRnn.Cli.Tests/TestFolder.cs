namespace NativeRnn.Cli.Tests;

/// <summary>A temporary folder with models whose outputs are easily computed by hand.</summary>
public sealed class TestFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nativernn-tests-");

    /// <summary>
    /// h_t = x_0 + 0.5 x_1 + 0.25 h_(t-1); the output is the last h.
    /// </summary>
    public static RnnModel ManyToOne(bool returnSequences = false) => new ModelBuilder(inputSize: 2)
        .SimpleRnn(1, Activation.Linear, returnSequences)
        .Build(new Dictionary<string, float[]>
        {
            ["simple_rnn.kernel"] = [1, 0.5f],
            ["simple_rnn.recurrent_kernel"] = [0.25f],
            ["simple_rnn.bias"] = [0],
        });

    /// <summary>
    /// <see cref="ManyToOne"/> on the Seattle weather: features (temp_max - 10) / 4 and (wind - 2) / 2, forecast = output * 8 + 16.
    /// With a horizon above 1 it is <see cref="EncoderDecoder"/>.
    /// </summary>
    public static RnnModel Forecasting(int window = 3, Func<ForecastRecipe, ForecastRecipe>? change = null, int horizon = 1)
    {
        ForecastRecipe recipe = new()
        {
            TimeColumn = "date",
            Inputs = [new RecipeInput("high", "[temp_max]", 10, 4), new RecipeInput("wind", "wind", 2, 2)],
            Target = "temp_max",
            TargetMean = 16,
            TargetDeviation = 8,
            Unit = "°C",
            Window = window,
            Horizon = horizon,
            SamplingInterval = TimeSpan.FromDays(1),
        };
        return (horizon == 1 ? ManyToOne() : EncoderDecoder()).WithRecipe(change is null ? recipe : change(recipe));
    }

    /// <summary>Writes h of <see cref="ManyToOne"/>, then zeros: each output is the one before less itself.</summary>
    public static RnnModel EncoderDecoder() => new ModelBuilder(inputSize: 2)
        .SimpleRnn(1, Activation.Linear)
        .Decoder(inputSize: 1)
        .SimpleRnn(1, Activation.Linear, returnSequences: true)
        .Build(new Dictionary<string, float[]>
        {
            ["simple_rnn.kernel"] = [1, 0.5f],
            ["simple_rnn.recurrent_kernel"] = [0.25f],
            ["simple_rnn.bias"] = [0],
            ["decoder.simple_rnn.kernel"] = [-1],
            ["decoder.simple_rnn.recurrent_kernel"] = [1],
            ["decoder.simple_rnn.bias"] = [0],
        });

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public string Save(RnnModel model, string name = "model.nrnn")
    {
        model.Save(PathOf(name));
        return PathOf(name);
    }

    public string Write(string text, string name = "data.csv")
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    public string[] Files() => [.. _folder.GetFiles().Select(file => file.Name).Order()];

    public void Dispose() => _folder.Delete(recursive: true);
}
