using System.Buffers.Binary;
using NativeRnn.Interop.Keras;

namespace NativeRnn.Interop.Tests.Keras;

/// <summary>Keras files made to do harm. The writers of archives, of HDF5's first version and of a later one each give a small model.</summary>
public sealed class KerasHostileTests
{
    private static readonly KerasTestLayer[] Layers = [new KerasModels(seed: 1).Recurrent("SimpleRNN", "a", 1, 1), new KerasModels(seed: 2).Dense("b", 1, 1)];

    private static readonly Dictionary<string, byte[]> Files = new()
    {
        ["archive"] = KerasFile.Archive(Layers),
        ["hdf5"] = KerasFile.Hdf5(Layers),
        ["hdf5 of h5py"] = KerasFile.H5py(Layers),
    };

    public static TheoryData<string> Kinds => [.. Files.Keys];

    private static void Import(byte[] file) => KerasImporter.Import(new MemoryStream(file), "model");

    /// <summary>HDF5 says where its parts are, and what is behind the last that is needed is not missed.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Import_Truncated_IsReadOrRefused(string kind)
    {
        byte[] file = Files[kind];
        (int read, int refused) = HostileFile.ReadAll(HostileFile.Truncated(file).Where((_, length) => length % 3 == 0), Import);
        Assert.True(refused > 100);
        Assert.True(kind != "archive" || read == 0);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Import_EveryByteReplaced_IsReadOrRefused(string kind)
        => HostileFile.AssertReadAndRefused(HostileFile.ReadAll(HostileFile.EveryByte(Files[kind]), Import));

    [Theory]
    [InlineData("hdf5")]
    [InlineData("hdf5 of h5py")]
    public void Import_EveryNumberAtItsExtremes_IsReadOrRefused(string kind)
    {
        byte[] file = Files[kind];
        // The description of the model is text; of the rest everything is a number.
        int text = file.AsSpan().IndexOf("{\"class_name"u8);
        int end = file.AsSpan().LastIndexOf("}"u8);
        HostileFile.AssertReadAndRefused(HostileFile.ReadAll(HostileFile.EveryField(file, text..end), Import));
    }

    [Theory]
    [InlineData("archive", 2)]
    [InlineData("hdf5", 1)]
    public void Import_LargeModel_TakesBoundedMemory(string kind, int copies)
    {
        // An archive is unpacked first; its weights hardly compress.
        KerasTestLayer[] layers = [new KerasModels(seed: 1).Recurrent("GRU", "a", 500, 500)];
        byte[] file = kind == "archive" ? KerasFile.Archive(layers) : KerasFile.Hdf5(layers);
        Assert.True(HostileFile.ReadWithinBounds(file, Import, copies));
    }

    /// <summary>The directory of an archive may claim sizes of entries that are not there.</summary>
    [Fact]
    public void Import_ArchiveSmallerThanItsEntries_IsRefusedBeforeAnythingIsAllocated()
    {
        byte[] file = [.. Files["archive"]];
        int entry = file.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(entry + 20), 1 << 28);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(entry + 24), 1 << 30);

        Assert.False(HostileFile.ReadWithinBounds(file, Import));
    }

    /// <summary>Arrays that stand in one place, where each layer would allocate them anew.</summary>
    [Fact]
    public void Import_OneArrayForManyLayers_IsRefused()
    {
        KerasTestLayer layer = new KerasModels(seed: 1).Recurrent("SimpleRNN", "a", 60, 60, new() { ["return_sequences"] = true });
        KerasTestLayer[] layers = [.. Enumerable.Range(0, 40).Select(i => layer with { Name = $"a{i}" })];

        Assert.False(HostileFile.ReadWithinBounds(KerasFile.H5py(layers), Import));
        Assert.True(HostileFile.ReadWithinBounds(KerasFile.H5py(layers[..2]), Import));
    }
}
