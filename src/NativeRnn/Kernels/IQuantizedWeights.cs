namespace NativeRnn.Kernels;

/// <summary>How the products of weights of one type are computed, as a type argument: what differs between bf16 and int8.</summary>
internal unsafe interface IQuantizedWeights<TVector>
{
    /// <summary>Bytes of a vector of weights of two columns.</summary>
    static abstract nint VectorBytes { get; }

    /// <summary>Pairs of columns whose sum the accumulators hold.</summary>
    static abstract int BlockPairs { get; }

    /// <summary>Makes ready one vector that is multiplied.</summary>
    /// <param name="input">The vector.</param>
    /// <param name="columns">Its length.</param>
    /// <param name="prepared">Receives what the sums must be multiplied by, and from the 16th float on, if need be, the values.</param>
    static abstract void Prepare(float* input, int columns, float* prepared);

    /// <summary>Where the values of a vector that was made ready are.</summary>
    static abstract float* Values(float* input, float* prepared);

    /// <summary>The values of a pair of columns in every lane.</summary>
    /// <param name="values">The value of the first column.</param>
    /// <param name="pairs">How far behind it the second column is.</param>
    /// <param name="x0">Receives the first column's value; of int8 both.</param>
    /// <param name="x1">Receives the second column's value.</param>
    static abstract void LoadPair(float* values, nint pairs, out TVector x0, out TVector x1);

    /// <summary>The value of a column without a second.</summary>
    static abstract void LoadSingle(float* values, out TVector x0, out TVector x1);

    /// <summary>Loads the weights of a pair of columns.</summary>
    static abstract void LoadWeights(byte* weights, out TVector w0, out TVector w1);

    /// <summary>Adds the products of a pair of columns to the two accumulators of a sum.</summary>
    static abstract void MultiplyAdd(TVector w0, TVector w1, TVector x0, TVector x1, ref TVector a, ref TVector b);

    /// <summary>The sums of two accumulators as floats.</summary>
    /// <param name="a">The first accumulator.</param>
    /// <param name="b">The second.</param>
    /// <param name="scales">The scales of the lanes' rows, if the type has them.</param>
    static abstract TVector Sum(TVector a, TVector b, float* scales);
}
