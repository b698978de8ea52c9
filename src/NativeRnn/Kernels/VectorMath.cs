namespace NativeRnn.Kernels;

/// <summary>
/// Elementary functions lane by lane, in one order of operations for every width. The rational and polynomial coefficients are
/// minimax fits of our own over the stated range (linear programming on Chebyshev nodes; those of tanh then adjusted
/// in float32 until the clamp gives exactly 1). Errors in units in the last place are asserted by the tests.
/// </summary>
internal static class VectorMath<TVector, TOps>
    where TOps : struct, IVectorOps<TVector>
{
    /// <summary>Where numerator and denominator of tanh come out equal.</summary>
    private const float TanhClamp = 8.753296f;

    /// <summary>2^-63.</summary>
    private const float Tiny = 1.08420217e-19f;

    /// <summary>Adding 1.5 * 2^23 rounds to a whole number and leaves it, with the exponent's bias of 127, in the low bits.</summary>
    private const float RoundAndBias = 12582912f + 127f;

    /// <summary>
    /// tanh(x) = x P(x^2) / Q(x^2) for |x| up to the clamp. Within 5.3 ulp everywhere, odd, tanh(+-0) = +-0, at most 1 in magnitude,
    /// exactly +-1 from the clamp on. Estrin's scheme, because every time step waits for it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Tanh(TVector x)
    {
        TanhFractionOfMagnitude(x, out TVector numerator, out TVector denominator);
        return TOps.CopySign(TOps.AtMost(TOps.Broadcast(1f), TOps.Divide(numerator, denominator)), x);
    }

    /// <summary>
    /// tanh(x) before its division; the denominator is between 1 and 400, the numerator no larger, but for the last rounding of each: the quotient may be 1 + 2^-23.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void TanhFraction(TVector x, out TVector numerator, out TVector denominator)
    {
        TanhFractionOfMagnitude(x, out numerator, out denominator);
        numerator = TOps.CopySign(numerator, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TanhFractionOfMagnitude(TVector x, out TVector numerator, out TVector denominator)
    {
        TVector magnitude = TOps.AtMost(TOps.Broadcast(TanhClamp), TOps.Abs(x));
        TVector u = TOps.Multiply(magnitude, magnitude);
        TVector u2 = TOps.Multiply(u, u);
        denominator = Polynomial4(u, u2, 1f, 0.46713898f, 0.025874952f, 0.00032847174f, 7.7707836e-07f);
        // |x| P as two products, so that it takes no longer than Q.
        TVector low = TOps.Multiply(magnitude, TOps.MultiplyAdd(u, TOps.Broadcast(0.1338058f), TOps.Broadcast(1f)));
        TVector high = TOps.MultiplyAdd(u, TOps.Broadcast(2.0599426e-05f), TOps.Broadcast(0.0034950448f));
        high = TOps.MultiplyAdd(u2, TOps.Broadcast(1.3339729e-08f), high);
        numerator = TOps.MultiplyAdd(TOps.Multiply(magnitude, u2), high, low);
    }

    /// <summary>
    /// 1 / (1 + e^-x) with e^-x = 2^n 2^f, |f| at most 1/2. Within 3 ulp for x above 0 and, with fused multiply-add, 4 + |x|/4 ulp below, 1/2 at 0, exactly 0 and 1 at
    /// the infinities. It takes two thirds of the multiply-adds of (1 + tanh(x / 2)) / 2, and those are what the kernels can spare least.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sigmoid(TVector x)
    {
        // Below the lower bound 2^n is infinite and the result 0; above the upper one it is the smallest normal float.
        TVector p = ExpFactors(TOps.AtLeast(TOps.Broadcast(-89f), x), out TVector power);
        TVector one = TOps.Broadcast(1f);
        return TOps.Divide(one, TOps.MultiplyAdd(p, power, one));
    }

    /// <summary>
    /// e^-x and 1 + e^-x of a gate's sum x that is taken as at least -40, where the sigmoid is 4e-18: too small to be seen, and yet its product with a state
    /// that <see cref="ZeroWhereTiny(TVector)"/> leaves is a normal number, and products of these with numbers up to 1e20 stay finite.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ExpOfNegative(TVector x, out TVector exponential, out TVector onePlus)
    {
        TVector p = ExpFactors(TOps.AtLeast(TOps.Broadcast(-40f), x), out TVector power);
        exponential = TOps.Multiply(p, power);
        onePlus = TOps.MultiplyAdd(p, power, TOps.Broadcast(1f));
    }

    /// <summary>
    /// The 1 + e^-x of <see cref="ExpOfNegative"/> for those who wait for nothing else: one operation more, so that it takes the time of one fewer. It rounds twice.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector OnePlusExpOfNegative(TVector x)
    {
        ExpParts(TOps.AtLeast(TOps.Broadcast(-40f), x), out TVector f2, out TVector low, out TVector high, out TVector power);
        return TOps.MultiplyAdd(TOps.Multiply(f2, power), high, TOps.MultiplyAdd(low, power, TOps.Broadcast(1f)));
    }

    /// <summary>2^f, given, and 2^n, of which e^-x is the product.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector ExpFactors(TVector x, out TVector power)
    {
        ExpParts(x, out TVector f2, out TVector low, out TVector high, out power);
        return TOps.MultiplyAdd(f2, high, low);
    }

    /// <summary>2^f as low + f^2 high, and 2^n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ExpParts(TVector x, out TVector f2, out TVector low, out TVector high, out TVector power)
    {
        x = TOps.AtMost(TOps.Broadcast(87f), x);
        TVector scale = TOps.Broadcast(-1.44269504f);
        TVector shifted = TOps.MultiplyAdd(x, scale, TOps.Broadcast(RoundAndBias));
        TVector f = TOps.MultiplyAdd(x, scale, TOps.Subtract(TOps.Broadcast(RoundAndBias), shifted));
        f2 = TOps.Multiply(f, f);
        low = TOps.MultiplyAdd(f, TOps.Broadcast(0.69314698f), TOps.Broadcast(1f));
        TVector middle = TOps.MultiplyAdd(f, TOps.Broadcast(0.055507340f), TOps.Broadcast(0.24022242f));
        high = TOps.MultiplyAdd(f, TOps.Broadcast(0.0013264693f), TOps.Broadcast(0.0096715343f));
        high = TOps.MultiplyAdd(f2, high, middle);
        power = TOps.ShiftIntoExponent(shifted);
    }

    /// <summary>e^x - 1 = 2 t / (1 - t) with t = tanh(x / 2), for x at most 0: relative error stays small near zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector ExpMinusOneOfNonPositive(TVector x)
    {
        TVector t = Tanh(TOps.Multiply(TOps.Broadcast(0.5f), x));
        return TOps.Divide(TOps.Add(t, t), TOps.Subtract(TOps.Broadcast(1f), t));
    }

    /// <summary>e^x for x at most 0, by e^x = 2^n e^r with |r| at most ln(2)/2; 0 below the smallest normal float.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector ExpOfNonPositive(TVector x)
    {
        const float LowestArgument = -87.33654f;
        // ln 2 in two parts: the first has few bits, so that its product with n is exact.
        const float Ln2High = 0.693359375f;
        const float Ln2Low = -2.12194440e-4f;

        TVector clamped = TOps.AtLeast(TOps.Broadcast(LowestArgument), x);
        TVector shifted = TOps.MultiplyAdd(clamped, TOps.Broadcast(1.44269504f), TOps.Broadcast(RoundAndBias));
        TVector n = TOps.Subtract(shifted, TOps.Broadcast(RoundAndBias));
        TVector r = TOps.MultiplyAdd(n, TOps.Broadcast(-Ln2High), clamped);
        r = TOps.MultiplyAdd(n, TOps.Broadcast(-Ln2Low), r);

        TVector p = TOps.Broadcast(0.00139411189f);
        p = TOps.MultiplyAdd(p, r, TOps.Broadcast(0.00837513477f));
        p = TOps.MultiplyAdd(p, r, TOps.Broadcast(0.0416663528f));
        p = TOps.MultiplyAdd(p, r, TOps.Broadcast(0.166664154f));
        p = TOps.MultiplyAdd(p, r, TOps.Broadcast(0.500000005f));
        p = TOps.MultiplyAdd(p, r, TOps.Broadcast(1f));
        p = TOps.MultiplyAdd(p, r, TOps.Broadcast(1f));
        TVector result = TOps.Multiply(p, TOps.ShiftIntoExponent(shifted));
        return TOps.WhereNotPositive(TOps.Subtract(x, TOps.Broadcast(LowestArgument)), TOps.Broadcast(0f), result);
    }

    /// <summary>ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|), the logarithm as u P(u) / Q(u) on [0, 1].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Softplus(TVector x)
    {
        TVector u = ExpOfNonPositive(TOps.Subtract(TOps.Broadcast(0f), TOps.Abs(x)));
        TVector p = TOps.MultiplyAdd(TOps.Broadcast(0.0034202562f), u, TOps.Broadcast(0.23826527f));
        p = TOps.MultiplyAdd(p, u, TOps.Broadcast(1.0664129f));
        p = TOps.MultiplyAdd(p, u, TOps.Broadcast(1f));
        TVector q = TOps.MultiplyAdd(TOps.Broadcast(0.07532818f), u, TOps.Broadcast(0.68814117f));
        q = TOps.MultiplyAdd(q, u, TOps.Broadcast(1.5664128f));
        q = TOps.MultiplyAdd(q, u, TOps.Broadcast(1f));
        return TOps.Add(TOps.AtLeast(TOps.Broadcast(0f), x), TOps.Divide(TOps.Multiply(u, p), q));
    }

    /// <summary>x / 2 * (1 + erf(x / sqrt 2)), erf as a rational function in x^2 up to where float32 rounds it to 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Gelu(TVector x)
    {
        const float ErfClamp = 3.95f;
        TVector y = TOps.Multiply(x, TOps.Broadcast(0.70710678f));
        y = TOps.AtLeast(TOps.Broadcast(-ErfClamp), TOps.AtMost(TOps.Broadcast(ErfClamp), y));
        TVector u = TOps.Multiply(y, y);
        TVector u2 = TOps.Multiply(u, u);
        TVector p = TOps.MultiplyAdd(TOps.Broadcast(2.026328e-06f), u, TOps.Broadcast(0.00028470214f));
        p = Polynomial4(u, u2, 1.1283791f, 0.19153402f, 0.052873664f, 0.0038076323f, p);
        TVector q = TOps.MultiplyAdd(TOps.Broadcast(3.7837021e-05f), u, TOps.Broadcast(0.0011706521f));
        q = Polynomial4(u, u2, 1f, 0.50307528f, 0.11455324f, 0.015053924f, q);
        TVector erf = TOps.AtMost(TOps.Broadcast(1f), TOps.Divide(TOps.Multiply(y, p), q));
        TVector half = TOps.Broadcast(0.5f);
        TVector share = TOps.AtLeast(TOps.Broadcast(0f), TOps.MultiplyAdd(half, erf, half));
        // Minus infinity times a share of zero would be NaN where the limit is 0.
        return TOps.Multiply(TOps.AtLeast(TOps.Broadcast(-100f), x), share);
    }

    /// <summary>
    /// x, but 0 where |x| is below 2^-63: keeps states that decay out of the subnormal numbers, with which many processors
    /// compute far more slowly. The product of two values that are left is a normal number too. NaN and the infinities stay.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector ZeroWhereTiny(TVector x) => ZeroWhereTiny(x, x);

    /// <summary>
    /// A state, but 0 where the magnitude of another value, such as its numerator, is below 2^-63: what waits for the state need not wait for the test too. A gate as
    /// small as <see cref="ExpOfNegative"/> allows may leave 2^-121, still a normal number.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector ZeroWhereTiny(TVector state, TVector test) => TOps.ZeroWhereBelow(state, TOps.Abs(test), Tiny);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Polynomial4(TVector u, TVector u2, float c0, float c1, float c2, float c3, float c4)
        => Polynomial4(u, u2, c0, c1, c2, c3, TOps.Broadcast(c4));

    /// <summary>c0 + c1 u + c2 u^2 + c3 u^3 + c4 u^4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Polynomial4(TVector u, TVector u2, float c0, float c1, float c2, float c3, TVector c4)
    {
        TVector low = TOps.MultiplyAdd(u, TOps.Broadcast(c1), TOps.Broadcast(c0));
        TVector high = TOps.MultiplyAdd(u, TOps.Broadcast(c3), TOps.Broadcast(c2));
        high = TOps.MultiplyAdd(u2, c4, high);
        return TOps.MultiplyAdd(u2, high, low);
    }
}
