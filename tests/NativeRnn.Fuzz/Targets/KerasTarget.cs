using NativeRnn.Interop.Tests.Keras;

namespace NativeRnn.Fuzz.Targets;

/// <summary>Keras models as archives.</summary>
internal sealed class KerasTarget() : Hdf5Target(".keras")
{
    public override IEnumerable<string> Words => [.. base.Words, "PK\u0003\u0004", "PK\u0001\u0002", "PK\u0005\u0006", "metadata.json", "config.json", "model.weights.h5"];

    public override IEnumerable<byte[]> Seeds() => Networks().Select(layers => KerasFile.Archive(layers));
}
