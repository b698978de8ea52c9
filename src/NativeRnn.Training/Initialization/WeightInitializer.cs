namespace NativeRnn.Training;

/// <summary>
/// Initial weights as Keras draws them: kernels uniform in +-sqrt(6 / (inputs + all gates' outputs)) (Glorot and Bengio, 2010),
/// recurrent kernels orthogonal as one matrix over all gates (Saxe et al., 2014), biases zero but for an LSTM's forget gate, which
/// starts at one, and embeddings uniform in +-0.05. Peepholes, which Keras lacks, start at zero.
/// </summary>
public static class WeightInitializer
{
    private const ulong WeightStream = 3;
    private const double EmbeddingLimit = 0.05;

    /// <summary>Draws weights.</summary>
    /// <param name="architecture">The network.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    /// <returns>A row-major array for each of <see cref="Architecture.Parameters"/>, by name.</returns>
    public static Dictionary<string, float[]> Create(Architecture architecture, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        Dictionary<string, float[]> weights = [];
        foreach (NamedLayer named in architecture.AllLayers)
        {
            foreach (ParameterShape shape in named.Parameters)
            {
                // A stream for each parameter, so that changing one layer leaves the others' weights as they were.
                RandomStream random = new(seed, WeightStream, (ulong)weights.Count);
                weights.Add(shape.Name, Draw(shape, InnerLayer(named, shape), random));
            }
        }

        return weights;
    }

    private static Layer InnerLayer(NamedLayer named, ParameterShape shape) => named.Layer is not Bidirectional bidirectional
        ? named.Layer
        : shape.Name.StartsWith($"{named.Name}.forward.", StringComparison.Ordinal) ? bidirectional.Forward : bidirectional.Backward;

    private static float[] Draw(ParameterShape shape, Layer layer, RandomStream random)
    {
        string parameter = shape.Name[(shape.Name.LastIndexOf('.') + 1)..];
        switch (parameter)
        {
            case "kernel" or "output_kernel":
                return GlorotUniform(shape.Rows, shape.Columns, random);
            case "embeddings":
                return Uniform(shape.Rows * shape.Columns, EmbeddingLimit, random);
            case "recurrent_kernel":
                return Orthogonal(shape.Rows, shape.Columns, random);
            case "bias" when layer is Lstm lstm:
                float[] bias = new float[shape.Rows];
                bias.AsSpan(lstm.CoupledGates ? 0 : lstm.Units, lstm.Units).Fill(1);
                return bias;
            case "bias" or "recurrent_bias" or "output_bias" or "peephole":
                return new float[shape.Rows];
            default:
                throw new NotSupportedException($"There is no initial value for {shape}.");
        }
    }

    private static float[] GlorotUniform(int rows, int columns, RandomStream random)
        => Uniform(rows * columns, Math.Sqrt(6.0 / ((double)rows + columns)), random);

    private static float[] Uniform(int count, double limit, RandomStream random)
    {
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
            value = (float)((2 * random.NextDouble() - 1) * limit);
        return values;
    }

    /// <summary>
    /// A random matrix whose rows (or columns, if those are fewer) are orthonormal: the Q of the QR decomposition of a normal matrix,
    /// with the signs that make the diagonal of R positive, which is what Gram-Schmidt gives.
    /// </summary>
    private static float[] Orthogonal(int rows, int columns, RandomStream random)
    {
        int count = Math.Min(rows, columns);
        int length = Math.Max(rows, columns);
        double[] vectors = new double[count * length];
        for (int i = 0; i < count; i++)
        {
            Span<double> vector = vectors.AsSpan(i * length, length);
            foreach (ref double value in vector)
                value = random.NextNormal();

            // Twice, for after one pass rounding leaves a square matrix short of orthogonal (Giraud et al., 2005).
            for (int pass = 0; pass < 2; pass++)
            {
                for (int j = 0; j < i; j++)
                {
                    ReadOnlySpan<double> other = vectors.AsSpan(j * length, length);
                    TensorPrimitives.MultiplyAdd(other, -TensorPrimitives.Dot(vector, other), vector, vector);
                }
            }

            TensorPrimitives.Divide(vector, TensorPrimitives.Norm<double>(vector), vector);
        }

        float[] values = new float[vectors.Length];
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < length; j++)
                values[rows <= columns ? i * columns + j : j * columns + i] = (float)vectors[i * length + j];
        }

        return values;
    }
}
