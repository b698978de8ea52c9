using NativeRnn.Tests.Samples;

namespace NativeRnn.Tests.Format;

/// <summary>Files with bf16 and int8 matrices: their bytes, what comes back, and one refusal for each rule of FORMAT.md.</summary>
public sealed class QuantizedFileTests
{
    public static TheoryData<string, WeightType> VariantsAndTypes =>
        [.. from variant in SampleModels.Variants.Keys from type in (WeightType[])[WeightType.BFloat16, WeightType.Int8] select (variant, type)];

    [Theory]
    [MemberData(nameof(VariantsAndTypes))]
    public void Parse_BytesOfEachVariant_GivesTypesAndWeightsBitForBit(string variant, WeightType type)
    {
        Architecture architecture = SampleModels.Variants[variant];
        RnnModel model = new RandomModel(architecture).Model.Quantize(type);

        byte[] file = model.ToBytes();
        var read = RnnModel.Parse(file);

        Assert.Equal(architecture.Parameters.Any() ? 2 : 1, file[4]);
        Assert.Equal(file, read.ToBytes());
        Assert.Equal(model.WeightBytes, read.WeightBytes);
        foreach (ParameterShape shape in architecture.Parameters)
        {
            Assert.Equal(shape.IsVector ? WeightType.Float32 : type, read.WeightTypeOf(shape.Name));
            Bits.AssertEqual(model.Weights(shape.Name), read.Weights(shape.Name), shape.Name);
        }
    }

    /// <summary>y = 2x - 0.5: in bf16 2 is 4000; in int8 it is 127 times 2 / 127 rounded to 17 bits, 3C810200 (0.0157480314).</summary>
    [Theory]
    [InlineData(WeightType.BFloat16, "02000200", "0040")]
    [InlineData(WeightType.Int8, "03000200", "0002813C" + "7F")]
    public void ToBytes_Line_GivesTheseBytes(WeightType type, string entry, string tensor)
    {
        string expected =
            "4E524E4E" + "02000000" + "C800000000000000" + "16000000" + "00000000" + "02000000" + "00000000"
            + entry + "01000000" + "01000000" + "00000000" + "8000000000000000"
            + "01000100" + "01000000" + "01000000" + "00000000" + "C000000000000000"
            + "01000000" + "01000000" + "06000A00" + "01000000" + "000000000000"
            + new string('0', 2 * 26)
            + tensor.PadRight(2 * 64, '0')
            + "000000BF";

        Assert.Equal(expected, Convert.ToHexString(SampleModels.Line.Quantize(type).ToBytes().AsSpan(0, 196)));
    }

    [Theory]
    [InlineData("4:01", 32, "gru.kernel: element type 1 (float32) expected, found 2 (bf16); only matrices of layers, in files of version 2, can have another")]
    [InlineData("32:0400", 32, "gru.kernel: element type 1 (float32), 2 (bf16) or 3 (int8) expected, found 4")]
    [InlineData("80:0200", 80, "gru.bias: element type 1 (float32) expected, found 2 (bf16)")]
    [InlineData("152:0200", 152, "self-test input: element type 1 (float32) expected, found 2 (bf16)")]
    [InlineData("176:0300", 176, "self-test output: element type 1 (float32) expected, found 3 (int8)")]
    public void Parse_WrongTypeInABf16File_IsRefusedNamingTheTensor(string edits, long offset, string message)
        => AssertRefused(ModelBytes.Edited(SampleModels.ForecasterOf(WeightType.BFloat16).ToBytes(), edits), offset, message);

    [Fact]
    public void Parse_MatricesOfDifferentTypes_IsAccepted()
    {
        byte[] file = ModelBytes.Edited(
            SampleModels.ForecasterOf(WeightType.BFloat16).ToBytes(), "32:0300 448:0000803C0000003D0000803C010203040506");

        var model = RnnModel.Parse(file);

        Assert.Equal([1f / 64, 2f / 64, 3f / 32, 4f / 32, 5f / 64, 6f / 64], model.Weights("gru.kernel").ToArray());
        Assert.Equal(WeightType.BFloat16, model.WeightTypeOf("dense.kernel"));
        Assert.EndsWith("bytes of int8 and bf16 matrices and float32 vectors)\n", model.Summary());
        Assert.Equal(file, model.ToBytes());
    }

    // gru.kernel [3, 2]: scales at 448, 452 and 456, weights from 460 to 465; gru.recurrent_kernel: scales at 512, weights at 524.
    [Theory]
    [InlineData("448:0000C07F", 448, "gru.kernel: the scale of row 0 must be 0 or above, have 17 significant bits at most and be finite times 127, found NaN")]
    [InlineData("452:0000807F", 452, "gru.kernel: the scale of row 1 must be 0 or above, have 17 significant bits at most and be finite times 127, found Infinity")]
    [InlineData("456:000080BC", 456, "gru.kernel: the scale of row 2 must be 0 or above, have 17 significant bits at most and be finite times 127, found -0.015625")]
    [InlineData("456:00000080", 456, "gru.kernel: the scale of row 2 must be 0 or above, have 17 significant bits at most and be finite times 127, found -0")]
    [InlineData("452:4000803C", 452, "gru.kernel: the scale of row 1 must be 0 or above, have 17 significant bits at most")]
    [InlineData("512:0000807E", 512, "gru.recurrent_kernel: the scale of row 0 must be 0 or above, have 17 significant bits at most and be finite times 127")]
    [InlineData("460:80", 460, "gru.kernel: int8 weights from -127 to 127 expected, found -128")]
    [InlineData("465:80", 465, "gru.kernel: int8 weights from -127 to 127 expected, found -128")]
    [InlineData("462:0000", 452, "gru.kernel: row 1 must have the scale 0 if, and only if, all its weights are 0; found the scale 0.0")]
    [InlineData("452:00000000", 452, "gru.kernel: row 1 must have the scale 0 if, and only if, all its weights are 0; found the scale 0")]
    [InlineData("466:01", 466, "padding before gru.recurrent_kernel: zeros expected, found 0x01")]
    public void Parse_WrongInt8Tensor_IsRefusedNamingRowAndRule(string edits, long offset, string message)
        => AssertRefused(ModelBytes.Edited(SampleModels.ForecasterOf(WeightType.Int8).ToBytes(), edits), offset, message);

    [Fact]
    public void Parse_RowOfZeros_IsAccepted()
    {
        byte[] file = ModelBytes.Edited(SampleModels.ForecasterOf(WeightType.Int8).ToBytes(), "452:00000000 462:0000");

        Assert.Equal([0f, 0f], RnnModel.Parse(file).Weights("gru.kernel").Slice(2, 2).ToArray());
    }

    [Fact]
    public void Parse_AnyBf16_IsKept()
    {
        // Infinity, a NaN with a payload, minus zero and the least subnormal number.
        byte[] file = ModelBytes.Edited(SampleModels.ForecasterOf(WeightType.BFloat16).ToBytes(), "448:807FA17F00800100");

        var model = RnnModel.Parse(file);

        Assert.Equal(
            [0x7F800000u, 0x7FA10000u, 0x80000000u, 0x00010000u],
            model.Weights("gru.kernel").ToArray().Take(4).Select(BitConverter.SingleToUInt32Bits));
        Assert.Equal(file, model.ToBytes());
    }

    [Theory]
    [InlineData(WeightType.BFloat16, 0.51)]
    [InlineData(WeightType.Int8, 0.27)]
    public void ToBytes_Gru512_TakesAtMostThisPartOfFloat32(WeightType type, double part)
    {
        foreach (int inputSize in new[] { 14, 256 })
        {
            RnnModel model = new RandomModel(inputSize, new Gru(512) { ResetAfter = true }).Model;
            Assert.InRange((double)model.Quantize(type).ToBytes().Length / model.ToBytes().Length, 0.1, part);
        }
    }

    private static void AssertRefused(byte[] file, long offset, string message)
    {
        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => RnnModel.Parse(file));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Equal(offset, exception.Offset);
    }
}
