namespace NativeRnn.Training;

/// <summary>
/// Initial weights as Keras draws them: kernels uniform in +-sqrt(6 / (inputs + all gates' outputs)) (Glorot and Bengio, 2010),
/// recurrent kernels orthogonal as one matrix over all gates (Saxe et al., 2014), biases zero but for an LSTM's forget gate, which
/// starts at one. Peepholes, which Keras lacks, start at zero.
/// </summary>
public static class WeightInitializer
{
    /// <summary>Draws weights.</summary>
    /// <param name="architecture">The network.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    /// <returns>A row-major array for each of <see cref="Architecture.Parameters"/>, by name.</returns>
    public static Dictionary<string, float[]> Create(Architecture architecture, ulong seed) => throw new NotImplementedException();
}
