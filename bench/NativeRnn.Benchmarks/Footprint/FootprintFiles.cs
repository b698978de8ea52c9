using NativeRnn.Benchmarks.Contenders;
using NativeRnn.Data;
using NativeRnn.Footprint;
using NativeRnn.Interop.Onnx;

namespace NativeRnn.Benchmarks.Footprint;

/// <summary>
/// One model in the format of each program, and one input. The model has the size, recipe and data of Seattle's, but random weights and
/// the reset gate after the product, because PyTorch has no other GRU.
/// </summary>
/// <param name="Model">The .nrnn file, with the recipe.</param>
/// <param name="OnnxModel">The same network as ONNX.</param>
/// <param name="TorchModel">Its weights as TorchSharp saves them.</param>
/// <param name="Window">The last window of <see cref="Data"/>, scaled.</param>
internal sealed record FootprintFiles(string Model, string OnnxModel, string TorchModel, string Window)
{
    public const string Data = "models/seattle/seattle-weather.csv";

    private const string RecipeModel = "models/seattle/seattle.nrnn";
    private const int Seed = 1;

    /// <summary>Writes the files to a folder.</summary>
    public static FootprintFiles Write(string folder)
    {
        Directory.CreateDirectory(folder);
        ForecastRecipe recipe = RnnModel.Load(RecipeModel).Recipe
            ?? throw new InvalidOperationException($"{RecipeModel} has no forecast recipe");
        RnnModel model = CreateModel(recipe);
        FootprintFiles files = new(In("gru.nrnn"), In("gru.onnx"), In("gru.dat"), In("window.csv"));
        model.Save(files.Model);
        OnnxExporter.Export(model, files.OnnxModel);
        SaveForTorch(model, files.TorchModel);
        ReadWindow(recipe).Write(files.Window);
        return files;

        string In(string name) => Path.Combine(folder, name);
    }

    private static RnnModel CreateModel(ForecastRecipe recipe)
    {
        Architecture architecture = new(recipe.Inputs.Count, [new Gru(GruForecast.Units) { ResetAfter = true }, new Dense(1)]);
        Random random = new(Seed);
        double range = 1 / Math.Sqrt(GruForecast.Units);
        Dictionary<string, float[]> weights = architecture.Parameters.ToDictionary(
            shape => shape.Name,
            shape => Enumerable.Range(0, (int)shape.Count).Select(_ => (float)((2 * random.NextDouble() - 1) * range)).ToArray());
        return new RnnModel(architecture, weights).WithRecipe(recipe);
    }

    private static void SaveForTorch(RnnModel model, string path)
    {
        using GruForecast network = new(model.Architecture.InputSize);
        TorchWeights.Set(network.Gru, network.Dense, name => model.Weights(name).ToArray());
        network.save(path);
    }

    private static ScaledWindow ReadWindow(ForecastRecipe recipe)
    {
        FeatureTransform transform = new(recipe.Inputs, recipe.Target);
        CsvTable table = CsvTable.ReadLast(Data, recipe.TimeColumn, transform.SourceColumns, recipe.Window);
        float[] values = new float[recipe.Window * transform.FeatureCount];
        for (int step = 0; step < recipe.Window; step++)
        {
            transform.ComputeNormalised(
                table.Values.GetRowSpan(step), table.Times[step], values.AsSpan(step * transform.FeatureCount, transform.FeatureCount));
        }

        return new ScaledWindow(recipe.TargetMean, recipe.TargetDeviation, transform.FeatureCount, values);
    }
}
