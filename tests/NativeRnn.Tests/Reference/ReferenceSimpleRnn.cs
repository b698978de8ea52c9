using static NativeRnn.Tests.Reference.ReferenceAlgebra;

namespace NativeRnn.Tests.Reference;

/// <summary>h_t = f(W h_{t-1} + U x_t + b).</summary>
internal sealed class ReferenceSimpleRnn(SimpleRnn layer, int p, ReferenceWeights weights) : ReferenceCell(layer.Units)
{
    private readonly double[,] _u = weights.Matrix("kernel", layer.Units, p);
    private readonly double[,] _w = weights.Matrix("recurrent_kernel", layer.Units, layer.Units);
    private readonly double[] _b = weights.Vector("bias", layer.Units);

    public override double[] Step(double[] x)
        => State = Apply(layer.Activation, layer, Sum(Times(_w, State), Times(_u, x), _b));
}
