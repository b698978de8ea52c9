namespace NativeRnn.Kernels;

/// <summary>How the products of weights of one type are computed, as a type argument: what differs between bf16 and int8.</summary>
internal unsafe interface IQuantizedWeights<TVector>
{
    /// <summary>Bytes of a vector of weights of two columns.</summary>
    static abstract nint VectorBytes { get; }

    /// <summary>Pairs of columns whose sum the accumulators hold.</summary>
    static abstract int BlockPairs { get; }

    /// <summary>Floats from the value of a pair's first column to that of the next pair's.</summary>
    static abstract nint ValueStep { get; }

    /// <summary>Makes a row ready to be multiplied.</summary>
    /// <param name="x">The row.</param>
    /// <param name="columns">Its length.</param>
    /// <param name="prepared">Receives it, <see cref="QuantizedMatrix.PreparedStride"/> floats.</param>
    static abstract void Prepare(float* x, int columns, float* prepared);

    /// <summary>Where the values of a row are that was made ready.</summary>
    static abstract float* Values(float* x, float* prepared);

    /// <summary>The values of a pair of columns in every lane; of int8 both in each.</summary>
    static abstract void LoadPair(float* values, out TVector x0, out TVector x1);

    /// <summary>The value of a column without a second.</summary>
    static abstract void LoadSingle(float* values, out TVector x0, out TVector x1);

    /// <summary>Loads the weights of a pair of columns.</summary>
    static abstract void LoadWeights(byte* weights, out TVector w0, out TVector w1);

    /// <summary>What the first accumulator of a sum begins with; the second begins with zero.</summary>
    /// <param name="start">What the sum starts from.</param>
    static abstract TVector Begin(float* start);

    /// <summary>Adds the products of a pair of columns to the two accumulators of a sum.</summary>
    static abstract void MultiplyAdd(TVector w0, TVector w1, TVector x0, TVector x1, ref TVector a, ref TVector b);

    /// <summary>The sum of two accumulators.</summary>
    /// <param name="a">The first accumulator.</param>
    /// <param name="b">The second.</param>
    /// <param name="start">What the sum starts from.</param>
    /// <param name="scales">The scales of the lanes' rows, if the type has them.</param>
    /// <param name="prepared">The row as it was made ready.</param>
    static abstract TVector End(TVector a, TVector b, float* start, float* scales, float* prepared);
}
