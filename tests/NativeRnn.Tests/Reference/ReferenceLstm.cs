using static NativeRnn.Tests.Reference.ReferenceAlgebra;

namespace NativeRnn.Tests.Reference;

/// <summary>
/// i = s(W_i x + R_i h' + p_i * c' + b_i), f likewise, g = a(W_g x + R_g h' + b_g), c = f * c' + i * g,
/// o = s(W_o x + R_o h' + p_o * c + b_o), h = o * a_o(c); coupled gates: i = 1 - f; the state is h, then c.
/// </summary>
internal sealed class ReferenceLstm : ReferenceCell
{
    private readonly Lstm _layer;
    private readonly Gate? _input;
    private readonly Gate _forget;
    private readonly Gate _candidate;
    private readonly Gate _output;

    public ReferenceLstm(Lstm layer, int p, ReferenceWeights weights) : base(2 * layer.Units)
    {
        _layer = layer;
        if (layer.CoupledGates)
        {
            _forget = new Gate(layer, p, weights, block: 0, peephole: 0);
            _candidate = new Gate(layer, p, weights, block: 1, peephole: null);
            _output = new Gate(layer, p, weights, block: 2, peephole: 1);
        }
        else
        {
            _input = new Gate(layer, p, weights, block: 0, peephole: 0);
            _forget = new Gate(layer, p, weights, block: 1, peephole: 1);
            _candidate = new Gate(layer, p, weights, block: 2, peephole: null);
            _output = new Gate(layer, p, weights, block: 3, peephole: 2);
        }
    }

    public override double[] Step(double[] x)
    {
        double[] h = State[.._layer.Units];
        double[] c = State[_layer.Units..];

        double[] f = Apply(_layer.RecurrentActivation, _layer, _forget.Sum(x, h, c));
        double[] i = _input is null ? OneMinus(f) : Apply(_layer.RecurrentActivation, _layer, _input.Sum(x, h, c));
        double[] g = Apply(_layer.Activation, _layer, _candidate.Sum(x, h, c));
        c = Sum(Product(f, c), Product(i, g));
        double[] o = Apply(_layer.RecurrentActivation, _layer, _output.Sum(x, h, c));
        h = Product(o, Apply(_layer.OutputActivation, c));

        State = [.. h, .. c];
        return h;
    }

    /// <summary>The weights of one gate: W x + R h + p * c + b, the term with p only where there are peepholes.</summary>
    private sealed class Gate(Lstm layer, int inputSize, ReferenceWeights weights, int block, int? peephole)
    {
        private readonly double[,] _w = weights.Matrix("kernel", layer.Units, inputSize, block);
        private readonly double[,] _r = weights.Matrix("recurrent_kernel", layer.Units, layer.Units, block);
        private readonly double[] _b = weights.Vector("bias", layer.Units, block);
        private readonly double[] _p = layer.Peepholes && peephole is int number
            ? weights.Vector("peephole", layer.Units, number)
            : new double[layer.Units];

        public double[] Sum(double[] x, double[] h, double[] c) => ReferenceAlgebra.Sum(Times(_w, x), Times(_r, h), Product(_p, c), _b);
    }
}
