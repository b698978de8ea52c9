using static NativeRnn.Tests.Reference.ReferenceAlgebra;

namespace NativeRnn.Tests.Reference;

/// <summary>
/// z = s(W_z x + R_z h' + b_z), r = s(W_r x + R_r h' + b_r), h = z * h' + (1 - z) * n with
/// n = f(W_n x + R_n (r * h') + b_n) (reset before) or n = f(W_n x + b_n + r * (R_n h' + d_n)) (reset after; d_z and d_r join b_z and b_r).
/// <para><paramref name="textbookSense"/> takes h = (1 - z) * h' + z * n instead.</para>
/// </summary>
internal sealed class ReferenceGru(Gru layer, int p, ReferenceWeights weights, bool textbookSense = false) : ReferenceCell(layer.Units)
{
    private readonly double[,] _wz = weights.Matrix("kernel", layer.Units, p, block: 0);
    private readonly double[,] _wr = weights.Matrix("kernel", layer.Units, p, block: 1);
    private readonly double[,] _wn = weights.Matrix("kernel", layer.Units, p, block: 2);
    private readonly double[,] _rz = weights.Matrix("recurrent_kernel", layer.Units, layer.Units, block: 0);
    private readonly double[,] _rr = weights.Matrix("recurrent_kernel", layer.Units, layer.Units, block: 1);
    private readonly double[,] _rn = weights.Matrix("recurrent_kernel", layer.Units, layer.Units, block: 2);
    private readonly double[] _bz = weights.Vector("bias", layer.Units, block: 0);
    private readonly double[] _br = weights.Vector("bias", layer.Units, block: 1);
    private readonly double[] _bn = weights.Vector("bias", layer.Units, block: 2);
    private readonly double[] _dz = SecondBias(layer, weights, block: 0);
    private readonly double[] _dr = SecondBias(layer, weights, block: 1);
    private readonly double[] _dn = SecondBias(layer, weights, block: 2);

    public override double[] Step(double[] x)
    {
        double[] h = State;
        double[] z = Apply(layer.RecurrentActivation, layer, Sum(Times(_wz, x), Times(_rz, h), _bz, _dz));
        double[] r = Apply(layer.RecurrentActivation, layer, Sum(Times(_wr, x), Times(_rr, h), _br, _dr));
        double[] n = layer.ResetAfter
            ? Apply(layer.Activation, layer, Sum(Times(_wn, x), _bn, Product(r, Sum(Times(_rn, h), _dn))))
            : Apply(layer.Activation, layer, Sum(Times(_wn, x), Times(_rn, Product(r, h)), _bn));
        return State = textbookSense
            ? Sum(Product(OneMinus(z), h), Product(z, n))
            : Sum(Product(z, h), Product(OneMinus(z), n));
    }

    private static double[] SecondBias(Gru layer, ReferenceWeights weights, int block)
        => layer.ResetAfter ? weights.Vector("recurrent_bias", layer.Units, block) : new double[layer.Units];
}
