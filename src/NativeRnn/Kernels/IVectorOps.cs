namespace NativeRnn.Kernels;

/// <summary>
/// What a kernel asks of a vector type. A kernel is written once, generic over the vector and its operations, and compiled for
/// each of <see cref="ScalarOps"/>, <see cref="Vector128Ops"/>, <see cref="Vector256Ops"/> and <see cref="Vector512Ops"/>.
/// Every operation works lane by lane and rounds as IEEE 754 says, so a lane's result does not depend on the width.
/// </summary>
/// <typeparam name="TVector">The vector itself: <c>float</c> or <c>VectorNNN&lt;float&gt;</c>.</typeparam>
internal unsafe interface IVectorOps<TVector>
{
    /// <summary>Lanes in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>The most vectors of a panel: with two chains each they leave a few of the registers that the processors of this width have.</summary>
    static abstract int PanelVectors { get; }

    /// <summary>The most vectors of a panel for two rows at once, with two chains each for either row.</summary>
    static abstract int TwoRowPanelVectors { get; }

    /// <summary>The most vectors of a panel for four rows at once, with two chains each for every row; 0 where there are too few registers.</summary>
    static abstract int FourRowPanelVectors { get; }

    static abstract TVector Broadcast(float value);

    static abstract TVector Load(float* source);

    static abstract void Store(float* destination, TVector value);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Subtract(TVector left, TVector right);

    static abstract TVector Multiply(TVector left, TVector right);

    static abstract TVector Divide(TVector left, TVector right);

    /// <summary>left * right + addend, rounded once where the processor has fused multiply-add, twice where it has not.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector addend);

    /// <summary>The same with a left operand from memory; apart, because the compiler gives up on kernels of too many small calls.</summary>
    static abstract TVector MultiplyAdd(float* left, TVector right, TVector addend);

    static abstract TVector Abs(TVector value);

    /// <summary>A value that is not negative with the sign of another.</summary>
    static abstract TVector CopySign(TVector magnitude, TVector sign);

    /// <summary>The smaller of a bound that is no NaN and a value; a NaN value stays NaN.</summary>
    static abstract TVector AtMost(TVector bound, TVector value);

    /// <summary>The larger of a bound that is no NaN and a value; a NaN value stays NaN.</summary>
    static abstract TVector AtLeast(TVector bound, TVector value);

    /// <summary>Where <paramref name="test"/> is zero or below <paramref name="whenTrue"/>, elsewhere (NaN too) <paramref name="otherwise"/>.</summary>
    static abstract TVector WhereNotPositive(TVector test, TVector whenTrue, TVector otherwise);

    /// <summary>The bits of each lane shifted left by 23: a whole number held in the low bits becomes the exponent of a float.</summary>
    static abstract TVector ShiftIntoExponent(TVector value);

    /// <summary>
    /// The value's lanes; zero where those of <paramref name="magnitude"/>, which have no sign, are below a positive bound. NaN is not. The comparison is one of
    /// integers, because one of floats might itself be slow with subnormal numbers.
    /// </summary>
    static abstract TVector ZeroWhereBelow(TVector value, TVector magnitude, float bound);

    /// <summary>Of each lane's 32 bits the lower half, a bf16, as a float32.</summary>
    static abstract TVector LowerHalves(TVector value);

    /// <summary>Of each lane's 32 bits the upper half, a bf16, as a float32.</summary>
    static abstract TVector UpperHalves(TVector value);

    /// <summary>Loads two signed bytes a lane and widens each to 16 bits, the first to the lower half of the lane.</summary>
    static abstract TVector LoadBytePairs(sbyte* source);

    /// <summary>The lower half of each lane of one vector, and that of another as the upper half.</summary>
    static abstract TVector JoinLowerHalves(TVector lower, TVector upper);

    /// <summary>
    /// Adds to each lane, a 32-bit integer, the product of the lower and that of the upper halves, signed 16-bit integers. Exact while the sum is
    /// within 32 bits and not all four halves are -32768.
    /// </summary>
    static abstract TVector AddPairProducts(TVector left, TVector right, TVector addend);

    /// <summary>Each lane's 32-bit integer as the nearest float32.</summary>
    static abstract TVector IntegersToFloats(TVector value);
}
