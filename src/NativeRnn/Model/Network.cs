using System.Runtime.Intrinsics;
using NativeRnn.Kernels;

namespace NativeRnn;

/// <summary>A model's weights packed for one vector width, layer by layer; immutable and shared between sessions.</summary>
internal sealed class Network
{
    private Network(LayerKernel[] kernels, Network? decoder, VectorWidth width)
    {
        Kernels = kernels;
        Decoder = decoder;
        Width = width;
        int last = Array.FindIndex(kernels, kernel => !kernel.KeepsSequence);
        SequenceKernels = last < 0 ? kernels.Length : last + 1;
    }

    /// <summary>The kernels in order; layers that do nothing at inference have none.</summary>
    public LayerKernel[] Kernels { get; }

    /// <summary>How many of them, from the first on, see every time step; the others see the last state alone.</summary>
    public int SequenceKernels { get; }

    /// <summary>An encoder-decoder's second chain, or null.</summary>
    public Network? Decoder { get; }

    /// <summary>The width packed for; never <see cref="VectorWidth.Auto"/>.</summary>
    public VectorWidth Width { get; }

    /// <summary>Packs a model.</summary>
    public static Network Create(RnnModel model, VectorWidth width)
    {
        Architecture architecture = model.Architecture;
        Network? decoder = architecture.Decoder is null ? null : new Network(CreateKernels(model, architecture.Decoder.Layers, width), null, width);
        return new Network(CreateKernels(model, architecture.Layers, width), decoder, width);
    }

    /// <summary>
    /// The one place where a vector width turns into a type: under NativeAOT the conditions are constants, so that only kernels of widths
    /// that can run are compiled in.
    /// </summary>
    private static LayerKernel[] CreateKernels(RnnModel model, IReadOnlyList<NamedLayer> layers, VectorWidth width) => width switch
    {
        VectorWidth.Vector512 when VectorWidths.HasVector512 => LayerKernels<Vector512<float>, Vector512Ops>.Create(model, layers),
        VectorWidth.Vector256 when VectorWidths.HasVector256 => LayerKernels<Vector256<float>, Vector256Ops>.Create(model, layers),
        VectorWidth.Vector128 when VectorWidths.HasVector128 => LayerKernels<Vector128<float>, Vector128Ops>.Create(model, layers),
        VectorWidth.Scalar when VectorWidths.HasScalar => LayerKernels<float, ScalarOps>.Create(model, layers),
        _ => throw new UnreachableException($"{width} was not resolved."),
    };
}
