using System.Runtime.InteropServices;
using NativeRnn.Interop.Torch;
using NativeRnn.Vectors;

namespace NativeRnn.Interop.Tests.Torch;

/// <summary>The format's rules, each broken in a header written out, and the number types.</summary>
public sealed class SafetensorsFileTests
{
    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} x""", 8, "the header is not JSON")]
    [InlineData("""["a"]""", 0, "does not start with '{'")]
    [InlineData("""{"a":3}""", 0, "tensor 'a' lacks 'dtype'")]
    [InlineData("""{"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}""", 8, "of type 'F31', which is not known")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "shape holds -2")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}""", 8, "shape holds 1.5")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "expected a begin and an end not before it")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", 8, "expected a begin and an end not before it")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "takes 12 bytes, but data_offsets give it 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "more than 2^63 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "a hole")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "an overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 12, "the tensors take 8 bytes, but 12 follow")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "the tensors take 8 bytes, but 4 follow")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "the header is not JSON")]
    [InlineData("""{"__metadata__":{"format":1}}""", 0, "__metadata__ is")]
    public void Import_HeaderAgainstARule_IsRefused(string header, int dataLength, string message)
        => Assert.Contains(message, Assert.Throws<ModelImportException>(() => SafetensorsImporterTests.Import(SafetensorsBytes.Join(header, new byte[dataLength]))).Message);

    [Theory]
    [InlineData(new byte[] { 1, 0, 0 }, "the file has 3 bytes; expected at least 8")]
    [InlineData(new byte[] { 9, 0, 0, 0, 0, 0, 0, 0, (byte)'{' }, "the header says it has 9 bytes, but 1 follow")]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255 }, "at most 100000000 are allowed")]
    public void Import_LengthAgainstTheFile_IsRefused(byte[] file, string message)
        => Assert.Contains(message, Assert.Throws<ModelImportException>(() => SafetensorsImporterTests.Import(file)).Message);

    [Fact]
    public void Read_EveryFloatType_GivesTheValues()
    {
        Assert.Equal([1.5f, -0.25f], Read("F32", MemoryMarshal.AsBytes<float>([1.5f, -0.25f])));
        Assert.Equal([1.5f, -0.25f], Read("F64", MemoryMarshal.AsBytes<double>([1.5, -0.25])));
        Assert.Equal([1.5f, -0.25f], Read("F16", MemoryMarshal.AsBytes<Half>([(Half)1.5f, (Half)(-0.25f)])));
        Assert.Equal([1.5f, -0.25f], Read("BF16", MemoryMarshal.AsBytes<ushort>([0x3FC0, 0xBE80])));
        Assert.Contains("float32 does not hold exactly", Assert.Throws<ModelImportException>(() => Read("F64", MemoryMarshal.AsBytes<double>([0.1, 0]))).Message);
        Assert.Contains("of type I32; expected F32", Assert.Throws<ModelImportException>(() => Read("I32", MemoryMarshal.AsBytes<int>([1, 2]))).Message);
    }

    [Fact]
    public void Import_DamagedFile_IsReadOrRefused()
    {
        byte[] file = SafetensorsBytes.Write([("weight_ih_l0", [6, 3], new float[18]), ("weight_hh_l0", [6, 2], new float[12])]);
        Random random = new(5);
        for (int trial = 0; trial < 1000; trial++)
        {
            byte[] damaged = trial % 4 == 0 ? file[..random.Next(file.Length)] : [.. file];
            for (int flips = trial % 4; flips > 0; flips--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Exception? refusal = Record.Exception(() => SafetensorsImporterTests.Import(damaged));
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(refusal is null or ModelImportException, $"trial {trial}: {refusal}");
            Assert.True(allocated < 1 << 20, $"trial {trial}: {allocated} bytes allocated");
        }
    }

    private static float[] Read(string type, ReadOnlySpan<byte> data)
    {
        byte[] file = SafetensorsBytes.Join($$"""{"a":{"dtype":"{{type}}","shape":[2],"data_offsets":[0,{{data.Length}}]} }""", data.ToArray());
        var opened = SafetensorsFile.Open(new MemoryStream(file));
        return opened.Read(Assert.Single(opened.Tensors));
    }
}
