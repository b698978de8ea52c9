using System.Runtime.Intrinsics;
using NativeRnn.Kernels;

namespace NativeRnn;

/// <summary>A model's weights packed for one vector width, layer by layer; immutable and shared between sessions.</summary>
internal sealed class Network
{
    private Network(LayerKernel[] kernels, VectorWidth width)
    {
        Kernels = kernels;
        Width = width;
        int last = Array.FindIndex(kernels, kernel => !kernel.KeepsSequence);
        SequenceKernels = last < 0 ? kernels.Length : last + 1;
    }

    /// <summary>The kernels in order; layers that do nothing at inference have none.</summary>
    public LayerKernel[] Kernels { get; }

    /// <summary>How many of them, from the first on, see every time step; the others see the last state alone.</summary>
    public int SequenceKernels { get; }

    /// <summary>The width packed for; never <see cref="VectorWidth.Auto"/>.</summary>
    public VectorWidth Width { get; }

    /// <summary>Packs a model. The one place where a vector width turns into a type.</summary>
    public static Network Create(RnnModel model, VectorWidth width) => new(
        width switch
        {
            VectorWidth.Vector512 => LayerKernels<Vector512<float>, Vector512Ops>.Create(model),
            VectorWidth.Vector256 => LayerKernels<Vector256<float>, Vector256Ops>.Create(model),
            VectorWidth.Vector128 => LayerKernels<Vector128<float>, Vector128Ops>.Create(model),
            _ => LayerKernels<float, ScalarOps>.Create(model),
        },
        width);
}
