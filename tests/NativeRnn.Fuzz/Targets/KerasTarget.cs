using NativeRnn.Interop.Tests.Keras;

namespace NativeRnn.Fuzz.Targets;

/// <summary>Keras models as archives.</summary>
internal sealed class KerasTarget() : Hdf5Target(".keras")
{
    public override IEnumerable<string> Words => [.. base.Words, "PK\u0003\u0004", "PK\u0001\u0002", "PK\u0005\u0006", "metadata.json", "config.json", "model.weights.h5"];

    /// <summary>Each of three entries may unpack to 1 MB, and 32 times its size; the weights are then in memory once more.</summary>
    protected override long Allowance(byte[] file) => base.Allowance(file) + 3 * (1 << 20) + 2 * 32L * file.Length;

    public override IEnumerable<byte[]> Seeds() => Networks().Select(layers => KerasFile.Archive(layers));
}
