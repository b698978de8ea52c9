using System.Buffers.Binary;
using NativeRnn.Tests.Format;

namespace NativeRnn.Fuzz.Targets;

/// <summary>
/// Weight files. The length in the header and the checksum are set right, so that the fuzzer gets past them; a checksum of 0 says to
/// leave the file as it is, one of 0xFFFFFFFF to leave the length.
/// </summary>
internal sealed class ModelTarget : FuzzTarget
{
    private const int LengthOffset = 8;
    private const int HeaderLength = 32;

    public override IEnumerable<byte[]> Seeds()
    {
        yield return SampleModels.Line.ToBytes();
        yield return SampleModels.Forecaster.WithSelfTest(null).ToBytes();
        yield return SampleModels.Forecaster.WithRecipe(SampleModels.Forecaster.Recipe! with { MissingValue = -9999 }).ToBytes();
        foreach (WeightType type in Enum.GetValues<WeightType>())
            yield return SampleModels.ForecasterOf(type).ToBytes();
        foreach (Architecture architecture in SampleModels.Variants.Values)
            yield return SampleModels.WithRandomWeights(architecture).ToBytes();
        RnnModel symbols = SampleModels.WithRandomWeights(new Architecture(1, [new Embedding(3, 2), new Gru(1), new Dense(3)]));
        yield return symbols.WithVocabulary(new Vocabulary(TokenKind.Characters, ["a", "b", "\u00e9"])).ToBytes();
        yield return symbols.WithVocabulary(new Vocabulary(TokenKind.Words, ["<unknown>", "one", "two"])).ToBytes();
    }

    protected override void Repair(ref byte[] file)
    {
        if (file.Length < HeaderLength + sizeof(uint))
            return;
        Span<byte> end = file.AsSpan(file.Length - sizeof(uint));
        uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(end);
        if (checksum == 0)
            return;
        if (checksum != uint.MaxValue)
            BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(LengthOffset), (ulong)file.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(end, Crc32C.Compute(file.AsSpan(0, file.Length - sizeof(uint))));
    }

    protected override object? Read(byte[] file) => RnnModel.Parse(file);

    protected override bool IsRefusal(Exception exception) => exception is ModelFormatException;

    protected override void Use(object? result, byte[] file)
    {
        RnnModel model = (RnnModel)result!;
        if (!model.ToBytes().AsSpan().SequenceEqual(file))
            throw new ContractException("the model read gives other bytes than the file's");
        ModelUse.Run(model);
    }
}
