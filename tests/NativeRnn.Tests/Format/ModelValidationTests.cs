namespace NativeRnn.Tests.Format;

/// <summary>Files with a right checksum and wrong contents: one for each rule of FORMAT.md, altered at a literal offset.</summary>
public sealed class ModelValidationTests
{
    [Theory]
    [InlineData("0:4747", 0, "must start with 'NRNN'")]
    [InlineData("4:03", 4, "version 3 is not supported; this library reads versions 1 and 2")]
    [InlineData("4:02", 4, "version 1 expected, as every tensor is float32, found 2")]
    [InlineData("4:00", 4, "version 0 is not supported")]
    [InlineData("8:FFFFFFFFFFFFFFFF", 840, "truncated: 18446744073709551615 bytes expected, 840 found")]
    [InlineData("16:35", 244, "architecture: 10 bytes expected for layer 1, 9 left")]
    [InlineData("16:FFFFFFFF", 16, "header: an architecture of 4294967295 bytes")]
    [InlineData("20:01000100", 20, "header: recipe length 65536 at most, found 65537")]
    [InlineData("20:00FF0000", 20, "header: a recipe of 65280 bytes")]
    [InlineData("20:00000000", 48, "gru.kernel: offset 256 expected, found 448")]
    [InlineData("24:FFFFFFFF", 24, "header: a table of 4294967295 tensors")]
    [InlineData("28:08", 28, "header: unknown flags 0x8")]
    [InlineData("28:010000C0", 28, "header: unknown flags 0xc0000000")]
    [InlineData("28:00", 24, "header: tensor count 5 expected, as the architecture takes 5, found 7")]
    public void Parse_WrongHeader_IsRefusedNamingTheField(string edits, long offset, string message)
        => AssertRefused(SampleModels.Forecaster, edits, offset, message);

    [Theory]
    [InlineData("32:0000", 32, "gru.kernel: element type 1 (float32) expected, found 0")]
    [InlineData("32:0200", 32, "gru.kernel: element type 1 (float32) expected, found 2 (bf16); only matrices of layers, in files of version 2, can have another")]
    [InlineData("56:0300", 56, "gru.recurrent_kernel: element type 1 (float32) expected, found 3 (int8); only matrices of layers, in files of version 2, can have another")]
    [InlineData("32:0400", 32, "gru.kernel: element type 1 (float32) expected, found 4")]
    [InlineData("34:0100", 32, "gru.kernel [3, 2] expected with rank 2, found rank 1, 3 rows, 2 columns")]
    [InlineData("36:04", 32, "gru.kernel [3, 2] expected with rank 2, found rank 2, 4 rows, 2 columns")]
    [InlineData("36:02 40:03", 32, "found rank 2, 2 rows, 3 columns")]
    [InlineData("40:FFFFFFFF", 32, "found rank 2, 3 rows, 4294967295 columns")]
    [InlineData("88:00", 80, "gru.bias [3] expected with rank 1, found rank 1, 3 rows, 0 columns")]
    [InlineData("44:01", 44, "gru.kernel: the reserved field must be 0, found 1")]
    [InlineData("48:00", 48, "gru.kernel: offset 448 expected, found 256")]
    [InlineData("72:C001", 72, "gru.recurrent_kernel: offset 512 expected, found 448")]
    [InlineData("72:4002 96:8002", 72, "gru.recurrent_kernel: offset 512 expected, found 576")]
    [InlineData("72:FFFFFFFFFFFFFFFF", 72, "offset 512 expected, found 18446744073709551615")]
    [InlineData("156:00000000", 156, "self-test steps must be from 1 to 2147483647, found 0")]
    [InlineData("156:FFFFFFFF", 156, "self-test steps must be from 1 to 2147483647, found 4294967295")]
    [InlineData("156:FFFFFF7F", 152, "self-test input [2147483647, 2] ends at byte")]
    [InlineData("156:09", 152, "self-test input [9, 2] ends at byte 840, but the file's contents at 836")]
    [InlineData("160:01", 152, "self-test input [2, 2] expected")]
    [InlineData("180:02", 176, "self-test output [1, 1] expected")]
    [InlineData("388:01", 388, "padding before gru.kernel: zeros expected, found 0x01")]
    [InlineData("447:80", 447, "padding before gru.kernel: zeros expected, found 0x80")]
    [InlineData("472:01", 472, "padding before gru.recurrent_kernel: zeros expected")]
    [InlineData("784:01", 784, "padding before self-test output: zeros expected")]
    public void Parse_WrongTensorTable_IsRefusedNamingTensorAndField(string edits, long offset, string message)
        => AssertRefused(SampleModels.Forecaster, edits, offset, message);

    [Theory]
    [InlineData("200:00", 200, "architecture: input size must be from 1 to 65536, found 0")]
    [InlineData("200:01000100", 200, "architecture: input size must be from 1 to 65536, found 65537")]
    [InlineData("204:00", 204, "architecture: layer count must be from 1 to 256, found 0")]
    [InlineData("204:0101", 204, "architecture: layer count must be from 1 to 256, found 257")]
    [InlineData("204:03", 254, "architecture: 2 bytes expected for layer 2 kind, 0 left")]
    [InlineData("204:01", 240, "architecture: 40 bytes expected, 54 found")]
    [InlineData("208:0B00", 208, "layer 0 has the unknown kind 11; this library knows 1 to 10")]
    [InlineData("208:0000", 208, "layer 0 has the unknown kind 0")]
    [InlineData("210:1B", 236, "layer 0: 4 bytes expected for recurrent activation, 3 left")]
    [InlineData("210:1D", 240, "layer 0: 28 bytes expected, 29 found")]
    [InlineData("210:FFFF", 212, "architecture: 65535 bytes expected for layer 0, 42 left")]
    [InlineData("212:00", 212, "layer 0: units must be from 1 to 65536, found 0")]
    [InlineData("212:FFFFFFFF", 212, "layer 0: units must be from 1 to 65536, found 4294967295")]
    [InlineData("212:02", 32, "gru.kernel [6, 2] expected")]
    [InlineData("216:04", 216, "layer 0: unknown flags 0x4")]
    [InlineData("216:08", 216, "layer 0: unknown flags 0x8")]
    [InlineData("216:40", 216, "layer 0: unknown flags 0x40")]
    [InlineData("216:80", 216, "layer 0: unknown flags 0x80")]
    [InlineData("216:10", 24, "tensor count 8 expected, as the architecture takes 6 and the self-test 2 of them, found 7")]
    [InlineData("216:20", 232, "layer 0: activation linear cannot have alpha")]
    [InlineData("216:00000080", 216, "layer 0: unknown flags 0x80000000")]
    [InlineData("216:02", 24, "tensor count 8 expected, as the architecture takes 6 and the self-test 2 of them, found 7")]
    [InlineData("220:0000803F", 200, "gru: Dropout must be at least 0 and below 1, but is 1.")]
    [InlineData("224:0000C07F", 200, "gru: RecurrentDropout must be at least 0 and below 1, but is NaN.")]
    [InlineData("228:1100", 228, "layer 0: activation 17 is unknown")]
    [InlineData("230:0000803F", 228, "layer 0: activation tanh cannot have alpha 1")]
    [InlineData("228:0900", 200, "gru: Activation cannot be softmax")]
    [InlineData("228:0400 230:0000807F", 228, "layer 0: activation leaky_relu cannot have alpha Infinity")]
    [InlineData("234:FFFF", 234, "layer 0: recurrent activation 65535 is unknown")]
    [InlineData("244:00", 244, "layer 1: units must be from 1 to 65536, found 0")]
    [InlineData("244:0100FFFF", 244, "layer 1: units must be from 1 to 65536")]
    [InlineData("248:1100", 248, "layer 1: activation 17 is unknown")]
    public void Parse_WrongArchitecture_IsRefusedNamingLayerAndField(string edits, long offset, string message)
        => AssertRefused(SampleModels.Forecaster, edits, offset, message);

    // With n tensors the architecture stands at 32 + 24 n, its first record 8 bytes further.
    [Theory]
    [InlineData("bidirectional, concat", "188:0400", 188, "layer 0: merge 4 is unknown")]
    [InlineData("bidirectional, concat", "190:0500", 190, "layer 0 forward must be a recurrent layer, kind 1 to 4, found kind 5")]
    [InlineData("bidirectional, concat", "190:0600", 190, "layer 0 forward must be a recurrent layer, kind 1 to 4, found kind 6")]
    [InlineData("bidirectional, concat", "222:0000", 222, "layer 0 backward must be a recurrent layer, kind 1 to 4, found kind 0")]
    [InlineData("bidirectional, concat", "198:02000000", 24, "tensor count 7 expected, as the architecture takes 7, found 6")]
    [InlineData("bidirectional, concat", "198:05000000", 198, "layer 0 forward: unknown flags 0x4")]
    [InlineData("bidirectional, concat", "198:01000000", 176, "bidirectional: both directions must agree on ReturnSequences")]
    [InlineData("bidirectional, concat", "192:1A", 218, "layer 0 forward: 4 bytes expected for recurrent activation, 2 left")]
    [InlineData("lstm", "120:02", 120, "layer 0: unknown flags 0x2")]
    [InlineData("simple rnn", "120:02", 120, "layer 0: unknown flags 0x2")]
    [InlineData("simple rnn, clip", "132:00000000", 132, "layer 0: clip must be above 0, found 0")]
    [InlineData("simple rnn, clip", "132:0000C07F", 132, "layer 0: clip must be above 0, found NaN")]
    [InlineData("simple rnn, clip", "132:000080BF", 132, "layer 0: clip must be above 0, found -1")]
    [InlineData("simple rnn, clip", "132:0000807F", 104, "simple_rnn: Clip must be a finite number of at least 0, but is Infinity.")]
    [InlineData("lstm, output activation", "144:0100", 144, "layer 0: the output activation is the activation, which must not be written twice")]
    [InlineData("dense, hard sigmoid", "102:0000807F", 96, "layer 0: activation hard_sigmoid cannot have alpha 0.3 and beta Infinity")]
    [InlineData("output-recurrent", "180:00", 180, "layer 0: outputs must be from 1 to 65536, found 0")]
    [InlineData("output-recurrent", "168:02", 168, "layer 0: unknown flags 0x2")]
    [InlineData("dropout alone, no weights", "44:0000803F", 32, "dropout: Rate must be at least 0 and below 1, but is 1.")]
    [InlineData("dropout alone, no weights", "44:000080BF", 32, "dropout: Rate must be at least 0 and below 1, but is -1.")]
    [InlineData("stacked", "432:00", 416, "needs a sequence, but the recurrent layer before it returns its last state only")]
    public void Parse_WrongRecordOfAnotherKind_IsRefusedNamingLayerAndField(string variant, string edits, long offset, string message)
        => AssertRefused(SampleModels.WithRandomWeights(SampleModels.Variants[variant]), edits, offset, message);

    [Theory]
    [InlineData("254:FFFF", 256, "recipe: 65535 bytes expected for time column, 132 left")]
    [InlineData("256:FF", 256, "recipe: time column is not valid UTF-8")]
    [InlineData("268:C0AF", 268, "recipe: unit is not valid UTF-8")]
    [InlineData("268:EDA080", 268, "recipe: unit is not valid UTF-8")]
    [InlineData("271:000000000000F07F", 271, "recipe: target mean must be a finite number, found Infinity")]
    [InlineData("279:000000000000F8FF", 279, "recipe: target deviation must be a finite number, found NaN")]
    [InlineData("279:0000000000000000", 254, "recipe: TargetDeviation must be a finite number above zero")]
    [InlineData("287:00000080", 287, "recipe: window must be from 0 to 2147483647, found 2147483648")]
    [InlineData("287:00000000", 254, "recipe: Window must be at least 1")]
    [InlineData("291:FFFFFFFF", 291, "recipe: horizon must be from 0 to 2147483647, found 4294967295")]
    [InlineData("291:00000000", 254, "recipe: Horizon must be at least 1")]
    [InlineData("295:0000000000000080", 254, "recipe: SamplingInterval must be above zero")]
    [InlineData("303:00", 303, "recipe: input count must be from 1 to 4, found 0")]
    [InlineData("303:01", 331, "recipe: 77 bytes expected, 134 found")]
    [InlineData("303:03", 388, "recipe: 2 bytes expected for input 2 name, 0 left")]
    [InlineData("303:FFFFFFFF", 303, "recipe: input count must be from 1 to 4, found 4294967295")]
    [InlineData("309:80", 309, "recipe: input 0 name is not valid UTF-8")]
    [InlineData("315:000000000000F0FF", 315, "recipe: input 0 mean must be a finite number, found -Infinity")]
    [InlineData("323:000000000000F87F", 323, "recipe: input 0 deviation must be a finite number, found NaN")]
    [InlineData("341:80", 341, "recipe: input 1 expression is not valid UTF-8")]
    [InlineData("341:2829", 254, "recipe: Inputs[1].Expression")]
    [InlineData("20:85 387:00", 380, "recipe: 8 bytes expected for input 1 deviation, 7 left")]
    public void Parse_WrongRecipe_IsRefusedNamingTheField(string edits, long offset, string message)
        => AssertRefused(SampleModels.Forecaster, edits, offset, message);

    [Fact]
    public void Parse_PlainColumnSpelledOut_IsRefused()
    {
        byte[] file = SampleModels.Forecaster.WithRecipe(SampleModels.Forecaster.Recipe! with
        {
            Inputs = [SampleModels.Forecaster.Recipe!.Inputs[0], new RecipeInput("wind", "[rain]", 0, 1)],
        }).ToBytes();
        int expression = file.AsSpan().IndexOf("[rain]"u8);

        ModelFormatException exception = Assert.Throws<ModelFormatException>(
            () => RnnModel.Parse(ModelBytes.Edited(file, $"{expression}:5B77696E645D")));

        Assert.Contains("input 1 expression '[wind]' must be stored as an empty string", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_BytesBetweenLastTensorAndChecksum_IsRefused()
    {
        byte[] file = SampleModels.Forecaster.ToBytes();
        byte[] longer = new byte[file.Length + 64];
        file.CopyTo(longer, 0);

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => RnnModel.Parse(ModelBytes.Edited(longer, "8:8803")));

        Assert.Contains("the last ends at byte 836, but the checksum stands at byte 900", exception.Message, StringComparison.Ordinal);
        Assert.Equal(836, exception.Offset);
    }

    [Fact]
    public void Parse_LastTensorCutOff_IsRefused()
    {
        byte[] file = SampleModels.Forecaster.ToBytes();

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => RnnModel.Parse(ModelBytes.Edited(file[..^4], "8:4403")));

        Assert.Contains(
            "self-test output [1, 1] ends at byte 836, but the file's contents at 832", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CheckIdentity_LengthAboveTheLimit_IsRefusedByTheHeaderAlone()
    {
        byte[] header = Convert.FromHexString("4E524E4E" + "01000000" + "0000006000000000" + new string('0', 32));
        ModelHeader.CheckIdentity(header, 0x60000000, path: null);
        header[8] = 1;

        ModelFormatException exception = Assert.Throws<ModelFormatException>(
            () => ModelHeader.CheckIdentity(header, 0x60000001, path: null));

        Assert.StartsWith("a model has 1610612736 bytes at most, found 1610612737", exception.Message, StringComparison.Ordinal);
    }

    private static void AssertRefused(RnnModel model, string edits, long offset, string message)
    {
        byte[] file = ModelBytes.Edited(model.ToBytes(), edits);

        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => RnnModel.Parse(file));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", exception.Message, StringComparison.Ordinal);
        Assert.Equal(offset, exception.Offset);
        Assert.Null(exception.Path);
    }
}
