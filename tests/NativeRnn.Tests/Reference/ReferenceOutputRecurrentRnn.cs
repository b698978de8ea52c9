using static NativeRnn.Tests.Reference.ReferenceAlgebra;

namespace NativeRnn.Tests.Reference;

/// <summary>h_t = f(W o_{t-1} + U x_t + b), o_t = V h_t + c; o is the state.</summary>
internal sealed class ReferenceOutputRecurrentRnn(OutputRecurrentRnn layer, int p, ReferenceWeights weights) : ReferenceCell(layer.Outputs)
{
    private readonly double[,] _u = weights.Matrix("kernel", layer.Units, p);
    private readonly double[,] _w = weights.Matrix("recurrent_kernel", layer.Units, layer.Outputs);
    private readonly double[] _b = weights.Vector("bias", layer.Units);
    private readonly double[,] _v = weights.Matrix("output_kernel", layer.Outputs, layer.Units);
    private readonly double[] _c = weights.Vector("output_bias", layer.Outputs);

    public override double[] Step(double[] x)
    {
        double[] h = Apply(layer.Activation, layer, Sum(Times(_w, State), Times(_u, x), _b));
        return State = Sum(Times(_v, h), _c);
    }
}
