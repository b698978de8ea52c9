namespace NativeRnn.Kernels;

/// <summary>An element-wise activation as a kernel's type argument, so that the common ones compile into the kernel.</summary>
internal interface IVectorActivation
{
    /// <summary>f(x) as a state: 0 where it is tiny.</summary>
    TVector ApplyOrZero<TVector, TOps>(TVector x)
        where TOps : struct, IVectorOps<TVector>;

    /// <summary>
    /// f(x) as a fraction whose division is left to <see cref="IVectorGate.ScaleFraction"/>.
    /// </summary>
    void Fraction<TVector, TOps>(TVector x, out TVector numerator, out TVector denominator)
        where TOps : struct, IVectorOps<TVector>;

    /// <summary>What is tiny where f(x) is: x or the numerator, whichever is sooner at hand.</summary>
    TVector TinyWhere<TVector, TOps>(TVector x, TVector numerator)
        where TOps : struct, IVectorOps<TVector>;
}

/// <summary>The activation of gates as a kernel's type argument. A gate that is not zero is not so small that its product with a state would be subnormal.</summary>
internal interface IVectorGate
{
    /// <summary>f(x), 0 where it is tiny.</summary>
    TVector ApplyOrZero<TVector, TOps>(TVector x)
        where TOps : struct, IVectorOps<TVector>;

    /// <summary>f(x) times a value.</summary>
    TVector Scale<TVector, TOps>(TVector x, TVector value)
        where TOps : struct, IVectorOps<TVector>;

    /// <summary>What <see cref="ScaleFraction"/> and <see cref="WeightedSum"/> take of x, which can be computed while the fraction is not there yet.</summary>
    TVector Prepare<TVector, TOps>(TVector x)
        where TOps : struct, IVectorOps<TVector>;

    /// <summary>f(x) times a fraction, with one division for both: a division takes as long as six multiply-adds.</summary>
    TVector ScaleFraction<TVector, TOps>(TVector prepared, TVector numerator, TVector denominator)
        where TOps : struct, IVectorOps<TVector>;

    /// <summary>f(x) a + f(y) b of x and y prepared, where b is a fraction with a denominator of at most 400, with one division for all three.</summary>
    TVector WeightedSum<TVector, TOps>(TVector preparedX, TVector a, TVector preparedY, TVector numerator, TVector denominator)
        where TOps : struct, IVectorOps<TVector>;

    /// <summary>What <see cref="Interpolate"/> takes of x, which can be computed while a and b are not there yet.</summary>
    void Prepare<TVector, TOps>(TVector x, out TVector first, out TVector second)
        where TOps : struct, IVectorOps<TVector>;

    /// <summary>a + f(x) (b - a), where a is a fraction; as a state, 0 where it is tiny.</summary>
    TVector Interpolate<TVector, TOps>(TVector first, TVector second, TVector numerator, TVector denominator, TVector b)
        where TOps : struct, IVectorOps<TVector>;
}

/// <summary>tanh, inlined.</summary>
internal readonly struct TanhActivation : IVectorActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector ApplyOrZero<TVector, TOps>(TVector x)
        where TOps : struct, IVectorOps<TVector>
    {
        Fraction<TVector, TOps>(x, out TVector numerator, out TVector denominator);
        return VectorMath<TVector, TOps>.ZeroWhereTiny(TOps.Divide(numerator, denominator), x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Fraction<TVector, TOps>(TVector x, out TVector numerator, out TVector denominator)
        where TOps : struct, IVectorOps<TVector>
        => VectorMath<TVector, TOps>.TanhFraction(x, out numerator, out denominator);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector TinyWhere<TVector, TOps>(TVector x, TVector numerator)
        where TOps : struct, IVectorOps<TVector>
        => x;
}

/// <summary>The logistic sigmoid of gates, inlined; see <see cref="VectorMath{TVector, TOps}.ExpOfNegative"/> for where it ends.</summary>
internal readonly struct SigmoidGate : IVectorGate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector ApplyOrZero<TVector, TOps>(TVector x)
        where TOps : struct, IVectorOps<TVector>
        => Scale<TVector, TOps>(x, TOps.Broadcast(1f));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Scale<TVector, TOps>(TVector x, TVector value)
        where TOps : struct, IVectorOps<TVector>
        => TOps.Divide(value, VectorMath<TVector, TOps>.OnePlusExpOfNegative(x));

    /// <summary>1 + e^-x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Prepare<TVector, TOps>(TVector x)
        where TOps : struct, IVectorOps<TVector>
    {
        VectorMath<TVector, TOps>.ExpOfNegative(x, out _, out TVector onePlus);
        return onePlus;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector ScaleFraction<TVector, TOps>(TVector prepared, TVector numerator, TVector denominator)
        where TOps : struct, IVectorOps<TVector>
        => TOps.Divide(numerator, TOps.Multiply(denominator, prepared));

    /// <summary>
    /// With X = 1 + e^-x and Y = 1 + e^-y it is (a Y denominator + X numerator) / (X Y denominator). The products of denominators stay below 3e37, those with an a
    /// up to 1e18 finite. A gate of exactly 1 leaves a within a rounding.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector WeightedSum<TVector, TOps>(TVector preparedX, TVector a, TVector preparedY, TVector numerator, TVector denominator)
        where TOps : struct, IVectorOps<TVector>
    {
        denominator = TOps.Multiply(denominator, preparedY);
        return TOps.Divide(TOps.MultiplyAdd(a, denominator, TOps.Multiply(numerator, preparedX)), TOps.Multiply(denominator, preparedX));
    }

    /// <summary>e^-x and 1 + e^-x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prepare<TVector, TOps>(TVector x, out TVector first, out TVector second)
        where TOps : struct, IVectorOps<TVector>
        => VectorMath<TVector, TOps>.ExpOfNegative(x, out first, out second);

    /// <summary>With e = e^-x and f(x) = 1 / (1 + e) it is (e numerator + denominator b) / ((1 + e) denominator), one division for both.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Interpolate<TVector, TOps>(TVector first, TVector second, TVector numerator, TVector denominator, TVector b)
        where TOps : struct, IVectorOps<TVector>
    {
        numerator = TOps.MultiplyAdd(first, numerator, TOps.Multiply(denominator, b));
        return VectorMath<TVector, TOps>.ZeroWhereTiny(TOps.Divide(numerator, TOps.Multiply(second, denominator)), numerator);
    }
}

/// <summary>No activation, inlined.</summary>
internal readonly struct LinearActivation : IVectorActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector ApplyOrZero<TVector, TOps>(TVector x)
        where TOps : struct, IVectorOps<TVector>
        => VectorMath<TVector, TOps>.ZeroWhereTiny(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Fraction<TVector, TOps>(TVector x, out TVector numerator, out TVector denominator)
        where TOps : struct, IVectorOps<TVector>
    {
        numerator = x;
        denominator = TOps.Broadcast(1f);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector TinyWhere<TVector, TOps>(TVector x, TVector numerator)
        where TOps : struct, IVectorOps<TVector>
        => x;
}

/// <summary>Any element-wise activation, chosen at run time: one predictable jump a vector.</summary>
/// <param name="activation">The function; any but softmax.</param>
/// <param name="clip">The bound of its arguments, 0 for none.</param>
internal readonly struct AnyActivation(Activation activation, float clip = 0) : IVectorActivation, IVectorGate
{
    // Klambauer et al. (2017), section 2: alpha_01 and lambda_01.
    private const float SeluAlpha = 1.67326324f;
    private const float SeluScale = 1.05070099f;

    private readonly ActivationKind _kind = activation.Kind;
    private readonly float _alpha = activation.Kind switch
    {
        ActivationKind.HardSigmoidKeras2 => 0.2f,
        ActivationKind.HardSigmoidKeras3 => 1f / 6f,
        _ => activation.Alpha,
    };

    private readonly float _beta = activation.Kind is ActivationKind.HardSigmoidKeras2 or ActivationKind.HardSigmoidKeras3 ? 0.5f : activation.Beta;
    private readonly float _clip = clip;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public TVector Apply<TVector, TOps>(TVector x)
        where TOps : struct, IVectorOps<TVector>
    {
        TVector zero = TOps.Broadcast(0f);
        TVector one = TOps.Broadcast(1f);
        if (_clip > 0)
            x = TOps.AtLeast(TOps.Broadcast(-_clip), TOps.AtMost(TOps.Broadcast(_clip), x));
        switch (_kind)
        {
            case ActivationKind.Tanh:
                return VectorMath<TVector, TOps>.Tanh(x);
            case ActivationKind.Sigmoid:
                return VectorMath<TVector, TOps>.Sigmoid(x);
            case ActivationKind.Relu:
                return TOps.WhereNotPositive(x, zero, x);
            case ActivationKind.LeakyRelu:
                return TOps.WhereNotPositive(x, TOps.Multiply(TOps.Broadcast(_alpha), x), x);
            case ActivationKind.Elu:
                return TOps.WhereNotPositive(x, TOps.Multiply(TOps.Broadcast(_alpha), VectorMath<TVector, TOps>.ExpMinusOneOfNonPositive(x)), x);
            case ActivationKind.Selu:
                TVector negative = TOps.Multiply(TOps.Broadcast(SeluScale * SeluAlpha), VectorMath<TVector, TOps>.ExpMinusOneOfNonPositive(x));
                return TOps.WhereNotPositive(x, negative, TOps.Multiply(TOps.Broadcast(SeluScale), x));
            case ActivationKind.Softplus:
                return VectorMath<TVector, TOps>.Softplus(x);
            case ActivationKind.Softsign:
                // Beyond 2^24 the quotient rounds to 1 anyway, and infinity / infinity would be NaN.
                TVector bounded = TOps.AtLeast(TOps.Broadcast(-33554432f), TOps.AtMost(TOps.Broadcast(33554432f), x));
                return TOps.Divide(bounded, TOps.Add(one, TOps.Abs(bounded)));
            case ActivationKind.Gelu:
                return VectorMath<TVector, TOps>.Gelu(x);
            case ActivationKind.HardSigmoidKeras2 or ActivationKind.HardSigmoidKeras3 or ActivationKind.HardSigmoid:
                return TOps.AtLeast(zero, TOps.AtMost(one, TOps.MultiplyAdd(x, TOps.Broadcast(_alpha), TOps.Broadcast(_beta))));
            case ActivationKind.ScaledTanh:
                return TOps.Multiply(TOps.Broadcast(_alpha), VectorMath<TVector, TOps>.Tanh(TOps.Multiply(TOps.Broadcast(_beta), x)));
            case ActivationKind.Affine:
                return TOps.MultiplyAdd(x, TOps.Broadcast(_alpha), TOps.Broadcast(_beta));
            case ActivationKind.ThresholdedRelu:
                return TOps.WhereNotPositive(TOps.Subtract(x, TOps.Broadcast(_alpha)), zero, x);
            default:
                Debug.Assert(_kind == ActivationKind.Linear, "A layer refuses softmax and unknown kinds when it is validated.");
                return x;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector ApplyOrZero<TVector, TOps>(TVector x)
        where TOps : struct, IVectorOps<TVector>
        => VectorMath<TVector, TOps>.ZeroWhereTiny(Apply<TVector, TOps>(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Fraction<TVector, TOps>(TVector x, out TVector numerator, out TVector denominator)
        where TOps : struct, IVectorOps<TVector>
    {
        numerator = Apply<TVector, TOps>(x);
        denominator = TOps.Broadcast(1f);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector TinyWhere<TVector, TOps>(TVector x, TVector numerator)
        where TOps : struct, IVectorOps<TVector>
        => numerator;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Scale<TVector, TOps>(TVector x, TVector value)
        where TOps : struct, IVectorOps<TVector>
        => TOps.Multiply(ApplyOrZero<TVector, TOps>(x), value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Prepare<TVector, TOps>(TVector x)
        where TOps : struct, IVectorOps<TVector>
        => ApplyOrZero<TVector, TOps>(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector ScaleFraction<TVector, TOps>(TVector prepared, TVector numerator, TVector denominator)
        where TOps : struct, IVectorOps<TVector>
        => TOps.Multiply(prepared, TOps.Divide(numerator, denominator));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector WeightedSum<TVector, TOps>(TVector preparedX, TVector a, TVector preparedY, TVector numerator, TVector denominator)
        where TOps : struct, IVectorOps<TVector>
        => TOps.MultiplyAdd(preparedX, a, ScaleFraction<TVector, TOps>(preparedY, numerator, denominator));

    /// <summary>f(x), twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prepare<TVector, TOps>(TVector x, out TVector first, out TVector second)
        where TOps : struct, IVectorOps<TVector>
    {
        first = Apply<TVector, TOps>(x);
        second = first;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Interpolate<TVector, TOps>(TVector first, TVector second, TVector numerator, TVector denominator, TVector b)
        where TOps : struct, IVectorOps<TVector>
    {
        TVector a = TOps.Divide(numerator, denominator);
        return VectorMath<TVector, TOps>.ZeroWhereTiny(TOps.MultiplyAdd(first, TOps.Subtract(b, a), a));
    }
}
