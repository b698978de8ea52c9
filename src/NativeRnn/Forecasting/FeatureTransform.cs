namespace NativeRnn;

/// <summary>
/// Turns one row of a table into the network's input features. Training and the device both use it, so that they cannot differ.
/// <c>normalised = (float)((value - mean) / deviation)</c>, computed in double precision. Immutable, and
/// safe to share between threads.
/// </summary>
public sealed class FeatureTransform
{
    private readonly ColumnExpression[] _expressions;
    private readonly double[] _means;
    private readonly double[] _deviations;

    /// <summary>Prepares the features of a recipe.</summary>
    /// <param name="inputs">The features. While their statistics are not known yet, mean 0 and deviation 1 serve.</param>
    /// <param name="target">The column that is forecast; it is among <see cref="SourceColumns"/> even when no feature uses it.</param>
    /// <exception cref="FormatException">A feature's expression cannot be read; the message names the feature.</exception>
    public FeatureTransform(IReadOnlyList<RecipeInput> inputs, string target)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentException.ThrowIfNullOrEmpty(target);

        List<string> columns = [];
        string[] names = new string[inputs.Count];
        _expressions = new ColumnExpression[inputs.Count];
        _means = new double[inputs.Count];
        _deviations = new double[inputs.Count];
        for (int i = 0; i < inputs.Count; i++)
        {
            (names[i], _means[i], _deviations[i]) = (inputs[i].Name, inputs[i].Mean, inputs[i].Deviation);
            _expressions[i] = Parse(inputs[i]);
            foreach (string column in _expressions[i].Columns)
                AddOnce(column);
        }

        AddOnce(target);
        for (int i = 0; i < _expressions.Length; i++)
            _expressions[i] = _expressions[i].Bind(columns);
        SourceColumns = columns;
        TargetColumn = columns.IndexOf(target);
        FeatureNames = names;

        void AddOnce(string column)
        {
            if (!columns.Contains(column))
                columns.Add(column);
        }
    }

    /// <summary>
    /// The columns a row must hold the values of: those that the features use, each once, in order of first use, and the target.
    /// </summary>
    public IReadOnlyList<string> SourceColumns { get; }

    /// <summary>The index of the target in <see cref="SourceColumns"/>.</summary>
    public int TargetColumn { get; }

    /// <summary>The features' names in order.</summary>
    public IReadOnlyList<string> FeatureNames { get; }

    /// <summary>The number of features.</summary>
    public int FeatureCount => _expressions.Length;

    /// <summary>Computes a row's features in the units of the measurements. Allocates nothing.</summary>
    /// <param name="row">One value for each of <see cref="SourceColumns"/>.</param>
    /// <param name="time">The row's time.</param>
    /// <param name="features">Receives <c>[features]</c>.</param>
    /// <exception cref="ArgumentException">A span has the wrong length.</exception>
    public void Compute(ReadOnlySpan<double> row, DateTime time, Span<double> features)
    {
        RequireFeatures(features.Length, nameof(features));
        for (int i = 0; i < _expressions.Length; i++)
            features[i] = _expressions[i].Evaluate(row, time);
    }

    /// <summary>Computes a row's features as the network takes them. Allocates nothing.</summary>
    /// <param name="row">One value for each of <see cref="SourceColumns"/>.</param>
    /// <param name="time">The row's time.</param>
    /// <param name="features">
    /// Receives <c>[features]</c>; NaN or infinite where an expression is, or where float32 cannot hold the result.
    /// </param>
    /// <exception cref="ArgumentException">A span has the wrong length.</exception>
    public void ComputeNormalised(ReadOnlySpan<double> row, DateTime time, Span<float> features)
    {
        RequireFeatures(features.Length, nameof(features));
        for (int i = 0; i < _expressions.Length; i++)
            features[i] = Normalise(i, _expressions[i].Evaluate(row, time));
    }

    /// <summary>Normalises one feature.</summary>
    /// <param name="feature">The feature's index.</param>
    /// <param name="value">Its value in the unit of the measurements.</param>
    public float Normalise(int feature, double value) => (float)((value - _means[feature]) / _deviations[feature]);

    private static ColumnExpression Parse(RecipeInput input)
    {
        try
        {
            return ColumnExpression.Parse(input.Expression);
        }
        catch (FormatException exception)
        {
            throw new FormatException($"Input '{input.Name}': {exception.Message}", exception);
        }
    }

    private void RequireFeatures(int length, string parameter)
    {
        if (length != FeatureCount)
            throw new ArgumentException($"There are {FeatureCount} features, but room for {length} was given.", parameter);
    }
}
