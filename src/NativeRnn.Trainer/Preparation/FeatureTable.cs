using System.Numerics.Tensors;
using NativeRnn.Data;

namespace NativeRnn.Trainer;

/// <summary>
/// The input features and the target of every row of a file, in the units of the measurements. The features are computed by the
/// class that computes them on the device, <see cref="FeatureTransform"/>.
/// </summary>
internal sealed class FeatureTable
{
    private readonly IReadOnlyList<RecipeInput> _inputs;
    private readonly double[] _features;
    private readonly double[] _targets;

    private FeatureTable(CsvTable table, IReadOnlyList<RecipeInput> inputs, string target, double[] features, double[] targets)
    {
        Table = table;
        _inputs = inputs;
        TargetName = target;
        _features = features;
        _targets = targets;
    }

    /// <summary>The rows as they were read.</summary>
    public CsvTable Table { get; }

    /// <summary>The target's column.</summary>
    public string TargetName { get; }

    /// <summary>The target, in its unit, of every row.</summary>
    public IReadOnlyList<double> Targets => _targets;

    /// <summary>Reads the columns that inputs and target need, and no others.</summary>
    /// <param name="path">The CSV file.</param>
    /// <param name="timeColumn">The column of the rows' times.</param>
    /// <param name="inputs">The inputs; their means and deviations play no part.</param>
    /// <param name="target">The target's column.</param>
    /// <param name="minimumRows">The least number of rows.</param>
    /// <param name="missingValue">The number that stands for a missing value, or null.</param>
    /// <exception cref="DataFormatException">The file cannot be used; the message names row and column.</exception>
    public static FeatureTable Read(
        string path, string timeColumn, IReadOnlyList<RecipeInput> inputs, string target, int minimumRows,
        double? missingValue)
    {
        FeatureTransform transform = new(inputs, target);
        CsvTable table = CsvTable.Read(path, timeColumn, transform.SourceColumns, minimumRows, missingValue);
        double[] features = new double[table.RowCount * inputs.Count];
        double[] targets = new double[table.RowCount];
        for (int row = 0; row < table.RowCount; row++)
        {
            ReadOnlySpan<double> values = table.Values.GetRowSpan(row);
            Span<double> rowFeatures = features.AsSpan(row * inputs.Count, inputs.Count);
            transform.Compute(values, table.Times[row], rowFeatures);
            targets[row] = values[transform.TargetColumn];
        }

        FeatureTable result = new(table, inputs, target, features, targets);
        result.RequireFiniteFeatures();
        return result;
    }

    /// <summary>The inputs with their mean and deviation over the first rows of the table.</summary>
    /// <exception cref="DataFormatException">An input is the same in all those rows, so nothing can be learnt from it.</exception>
    public IReadOnlyList<RecipeInput> MeasureInputs(int rows)
    {
        RecipeInput[] measured = new RecipeInput[_inputs.Count];
        double[] column = new double[rows];
        for (int i = 0; i < measured.Length; i++)
        {
            for (int row = 0; row < rows; row++)
                column[row] = _features[row * measured.Length + i];
            (double mean, double deviation) = Measure(column, InputName(i));
            measured[i] = _inputs[i] with { Mean = mean, Deviation = deviation };
        }

        return measured;
    }

    /// <summary>The mean and deviation of the target over the first rows of the table.</summary>
    /// <exception cref="DataFormatException">The target is the same in all those rows.</exception>
    public (double Mean, double Deviation) MeasureTarget(int rows) => Measure(_targets.AsSpan(0, rows), $"target '{TargetName}'");

    /// <summary>The features of every row as the network takes them, <c>[rows, features]</c>.</summary>
    /// <param name="recipe">The recipe, whose inputs are those of the table.</param>
    /// <exception cref="DataFormatException">A value is too large for float32.</exception>
    public float[] NormaliseInputs(ForecastRecipe recipe)
    {
        FeatureTransform transform = new(recipe.Inputs, recipe.Target);
        float[] normalised = new float[_features.Length];
        for (int i = 0; i < normalised.Length; i++)
        {
            (int row, int feature) = Math.DivRem(i, _inputs.Count);
            normalised[i] = transform.Normalise(feature, _features[i]);
            if (!float.IsFinite(normalised[i]))
                throw Error(row, InputName(feature), $"{_features[i]} is {normalised[i]} after normalising, not a finite number");
        }

        return normalised;
    }

    /// <summary>The target of every row as the network gives it.</summary>
    /// <param name="recipe">The recipe, whose target is that of the table.</param>
    /// <exception cref="DataFormatException">A value is too large for float32.</exception>
    public float[] NormaliseTargets(ForecastRecipe recipe)
    {
        float[] normalised = new float[_targets.Length];
        for (int row = 0; row < normalised.Length; row++)
        {
            normalised[row] = (float)((_targets[row] - recipe.TargetMean) / recipe.TargetDeviation);
            if (!float.IsFinite(normalised[row]))
                throw Error(row, $"'{TargetName}'", $"{_targets[row]} is {normalised[row]} after normalising, not a finite number");
        }

        return normalised;
    }

    /// <summary>An error in one row and column.</summary>
    public DataFormatException Error(int row, string column, FormattableString problem)
        => new(problem.ToString(CultureInfo.InvariantCulture), Table.File, Table.LineOf(row), column);

    private string InputName(int feature) => $"input '{_inputs[feature].Name}'";

    private void RequireFiniteFeatures()
    {
        for (int i = 0; i < _features.Length; i++)
        {
            (int row, int feature) = Math.DivRem(i, _inputs.Count);
            if (!double.IsFinite(_features[i]))
                throw Error(row, InputName(feature), $"{_inputs[feature].Expression} is {_features[i]}, not a finite number");
        }
    }

    private (double Mean, double Deviation) Measure(ReadOnlySpan<double> values, string name)
    {
        double mean = TensorPrimitives.Sum(values) / values.Length;
        double squares = 0;
        foreach (double value in values)
            squares += (value - mean) * (value - mean);
        double deviation = Math.Sqrt(squares / values.Length);

        // A column that is constant but for the rounding of its own mean is constant.
        if (deviation > 1e-12 * Math.Abs(mean) && double.IsFinite(deviation))
            return (mean, deviation);
        string problem = FormattableString.Invariant(
            $"the {name} has deviation {deviation} over the {values.Length} training rows; it must vary, and be of moderate size");
        throw new DataFormatException(problem, Table.File, hint: "leave the column out, or train on more rows");
    }
}
