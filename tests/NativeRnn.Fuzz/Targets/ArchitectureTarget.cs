using NativeRnn.Tests.Format;

namespace NativeRnn.Fuzz.Targets;

/// <summary>
/// Architectures as they stand in weight files, behind a byte that is 1 for an encoder-decoder. Each is written with weights into a whole file and read again. A random change of a size
/// makes a whole file refused, for its tensors no longer fit; here they do, so that the fuzzer reaches networks of every shape.
/// </summary>
internal sealed class ArchitectureTarget : FuzzTarget
{
    private const int MostParameters = 4096;

    public override IEnumerable<byte[]> Seeds()
    {
        foreach (Architecture architecture in SampleModels.Variants.Values)
        {
            BlockWriter writer = new();
            writer.Bytes([architecture.Decoder is null ? (byte)0 : (byte)1]);
            ArchitectureBlock.Write(architecture, writer);
            yield return writer.Written.ToArray();
        }
    }

    protected override object? Read(byte[] file)
    {
        BlockReader reader = new(file.AsSpan(Math.Min(1, file.Length)), 0, "architecture", path: null);
        return ArchitectureBlock.Read(ref reader, hasDecoder: file is [1, ..]);
    }

    protected override bool IsRefusal(Exception exception) => exception is ModelFormatException;

    protected override void Use(object? result, byte[] file)
    {
        Architecture architecture = (Architecture)result!;
        if (architecture.ParameterCount > MostParameters)
            return;
        byte[] bytes = SampleModels.WithRandomWeights(architecture, file.Length).ToBytes();
        RnnModel model = RnnModel.Parse(bytes);
        if (!model.ToBytes().AsSpan().SequenceEqual(bytes))
            throw new ContractException("the model read gives other bytes than the file's");
        ModelUse.Run(model);
    }
}
