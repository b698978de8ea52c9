using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace NativeRnn.TorchHost;

/// <summary>
/// Lets TorchSharp's native library load on a Linux host whose libstdc++ is older than GCC 13's. Its one need of the newer
/// library is <c>std::ios_base_library_init()</c> (version GLIBCXX_3.4.32), which sets up the standard streams once, as the
/// constructor <c>std::ios_base::Init::Init()</c> of every libstdc++ does. In the copy that stands in the build output, the need
/// of the version is marked weak and the symbol is renamed to that constructor, which uses nothing of the object it is called on.
/// </summary>
internal static class OlderLibstdcxx
{
    private const string LibraryName = "libLibTorchSharp.so";
    private const string NewerSymbol = "_ZSt21ios_base_library_initv";
    private const string OlderSymbol = "_ZNSt8ios_base4InitC1Ev";
    private const string NewerVersion = "GLIBCXX_3.4.32";

    private const int DynamicSymbols = 11;
    private const int VersionNeeds = 0x6ffffffe;
    private const int SymbolVersions = 0x6fffffff;
    private const ushort WeakVersion = 2;
    private const ushort AnyVersion = 1;

    /// <summary>Adapts the library in the build output if this host needs it. Call before the first use of TorchSharp.</summary>
    /// <returns>A sentence that says what was done, for whoever publishes figures; null when TorchSharp runs as it came.</returns>
    /// <exception cref="InvalidDataException">The library is not laid out as expected.</exception>
    public static string? Adapt()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != System.Runtime.InteropServices.Architecture.X64)
            return null;
        if (!NativeLibrary.TryLoad("libstdc++.so.6", out nint library) || NativeLibrary.TryGetExport(library, NewerSymbol, out _))
            return null;

        string directory = AppContext.BaseDirectory;
        string path = Path.Combine(directory, "runtimes", "linux-x64", "native", LibraryName);
        if (!File.Exists(path))
            path = Path.Combine(directory, LibraryName);

        byte[] file = File.ReadAllBytes(path);
        if (Patch(file))
        {
            // A rename, not a write: the copy may be a hard link into the package cache.
            string patched = path + ".patched";
            File.WriteAllBytes(patched, file);
            File.Move(patched, path, overwrite: true);
        }

        return $"TorchSharp's native library needs {NewerVersion}, which this host's libstdc++ lacks: in the copy in the build output "
            + "that need was marked weak and std::ios_base_library_init() bound to std::ios_base::Init::Init(); libtorch is as published.";
    }

    /// <summary>Changes the library in memory; false when it was changed before.</summary>
    private static bool Patch(Span<byte> file)
    {
        // The structures are those of the ELF-64 specification and, for symbol versions, of the Linux Standard Base.
        long sections = Int64(file, 0x28);
        int sectionCount = UInt16(file, 0x3c);
        Span<byte> symbols = default, strings = default, versions = default, needs = default;
        for (int i = 0; i < sectionCount; i++)
        {
            Span<byte> header = file.Slice((int)sections + i * 64, 64);
            int type = Int32(header, 4);
            if (type == SymbolVersions)
                versions = Contents(file, header);
            else if (type == VersionNeeds)
                needs = Contents(file, header);
            else if (type == DynamicSymbols)
            {
                symbols = Contents(file, header);
                strings = Contents(file, file.Slice((int)sections + Int32(header, 40) * 64, 64));
            }
        }

        int name = strings.IndexOf(Encoding.ASCII.GetBytes('\0' + NewerSymbol + '\0')) + 1;
        if (name == 0)
        {
            return strings.IndexOf(Encoding.ASCII.GetBytes('\0' + OlderSymbol + '\0')) >= 0
                ? false
                : throw new InvalidDataException($"{LibraryName} refers to neither {NewerSymbol} nor {OlderSymbol}.");
        }

        for (int i = 0; i * 24 < symbols.Length; i++)
        {
            if (Int32(symbols, i * 24) == name)
                BinaryPrimitives.WriteUInt16LittleEndian(versions[(2 * i)..], AnyVersion);
        }

        Span<byte> text = strings.Slice(name, NewerSymbol.Length);
        text.Clear();
        Encoding.ASCII.GetBytes(OlderSymbol, text);
        MarkWeak(needs, strings);
        return true;
    }

    private static void MarkWeak(Span<byte> needs, ReadOnlySpan<byte> strings)
    {
        for (int library = 0; ; library += Int32(needs, library + 12))
        {
            int entry = library + Int32(needs, library + 8);
            for (int left = UInt16(needs, library + 2); left > 0; left--, entry += Int32(needs, entry + 12))
            {
                ReadOnlySpan<byte> version = strings[Int32(needs, entry + 8)..];
                if (version[..version.IndexOf((byte)0)].SequenceEqual(Encoding.ASCII.GetBytes(NewerVersion)))
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(needs[(entry + 4)..], WeakVersion);
                    return;
                }
            }

            if (Int32(needs, library + 12) == 0)
                throw new InvalidDataException($"{LibraryName} does not need {NewerVersion}.");
        }
    }

    private static Span<byte> Contents(Span<byte> file, ReadOnlySpan<byte> header)
        => file.Slice((int)Int64(header, 24), (int)Int64(header, 32));

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    private static int Int32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadInt32LittleEndian(bytes[offset..]);

    private static long Int64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadInt64LittleEndian(bytes[offset..]);
}
