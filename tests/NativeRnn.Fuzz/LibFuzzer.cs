using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using SharpFuzz.Common;

namespace NativeRnn.Fuzz;

/// <summary>
/// LLVM's libFuzzer in this process, so that an execution costs a call: SharpFuzz's instrumentation counts in the fuzzer's own counters. The
/// native library is made by <c>run</c>.
/// </summary>
internal static unsafe partial class LibFuzzer
{
    private const string Library = "libfuzzer-driver";
    private const int AbortSignal = 6;

    private static Action<ReadOnlySpan<byte>>? s_execute;
    private static Action? s_end;

    /// <summary>Sends the counts of the instrumented assemblies to the fuzzer. Before any of them runs.</summary>
    public static void ConnectCoverage()
    {
        nint library = NativeLibrary.Load(Library, typeof(LibFuzzer).Assembly, null);
        Trace.SharedMem = (byte*)NativeLibrary.GetExport(library, "coverage");
    }

    /// <summary>Sends the counts nowhere, for runs without the fuzzer.</summary>
    public static void DiscardCoverage() => Trace.SharedMem = (byte*)NativeMemory.AllocZeroed(1 << 16);

    /// <summary>Runs until the fuzzer has enough; it then ends the process, as at a breach.</summary>
    public static int Run(IEnumerable<string> arguments, Action<ReadOnlySpan<byte>> execute, Action end)
    {
        (s_execute, s_end) = (execute, end);
        _ = AtExit(&End);
        // The fuzzer leaves handlers alone that are there already, and the runtime's writes no input down.
        _ = Signal(AbortSignal, 0);
        byte[][] texts = [.. arguments.Prepend("fuzz").Select(argument => Encoding.UTF8.GetBytes(argument + '\0'))];
        byte** values = (byte**)NativeMemory.AllocZeroed((nuint)texts.Length + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < texts.Length; i++)
        {
            values[i] = (byte*)NativeMemory.Alloc((nuint)texts[i].Length);
            texts[i].CopyTo(new Span<byte>(values[i], texts[i].Length));
        }

        int count = texts.Length;
        return RunDriver(&count, &values, &Execute);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Execute(byte* data, nuint length)
    {
        try
        {
            s_execute!(new ReadOnlySpan<byte>(data, (int)length));
        }
        catch (Exception exception)
        {
            // An exception cannot pass the native caller, who writes the input down when the process aborts.
            Console.Error.WriteLine(exception);
            Abort();
        }

        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void End() => s_end!();

    [LibraryImport(Library, EntryPoint = "LLVMFuzzerRunDriver")]
    private static partial int RunDriver(int* count, byte*** values, delegate* unmanaged[Cdecl]<byte*, nuint, int> execute);

    [LibraryImport("libc", EntryPoint = "abort")]
    private static partial void Abort();

    [LibraryImport(Library, EntryPoint = "at_exit")]
    private static partial int AtExit(delegate* unmanaged[Cdecl]<void> end);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int signal, nint handler);
}
