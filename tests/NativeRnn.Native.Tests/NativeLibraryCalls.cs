using System.Runtime.InteropServices;
using System.Text;

namespace NativeRnn.Native.Tests;

/// <summary>
/// Calls the exported functions as C would: those of the published library where <see cref="LibraryVariable"/> is its absolute path, else the same
/// methods in this process.
/// </summary>
internal static unsafe class NativeLibraryCalls
{
    private const string LibraryVariable = "NATIVERNN_LIBRARY";

    public static readonly string? Library = Environment.GetEnvironmentVariable(LibraryVariable);

    private static readonly nint Handle = Library is null ? 0 : NativeLibrary.Load(Library);

    private static readonly delegate* unmanaged[Cdecl]<byte*, ulong*, Status> LoadFunction
        = (delegate* unmanaged[Cdecl]<byte*, ulong*, Status>)Find("nativernn_model_load", (delegate* unmanaged[Cdecl]<byte*, ulong*, Status>)&ModelExports.Load);

    private static readonly delegate* unmanaged[Cdecl]<byte*, nuint, ulong*, Status> ParseFunction
        = (delegate* unmanaged[Cdecl]<byte*, nuint, ulong*, Status>)Find("nativernn_model_parse", (delegate* unmanaged[Cdecl]<byte*, nuint, ulong*, Status>)&ModelExports.Parse);

    private static readonly delegate* unmanaged[Cdecl]<ulong, int*, int*, int*, Status> DescribeFunction
        = (delegate* unmanaged[Cdecl]<ulong, int*, int*, int*, Status>)Find("nativernn_model_describe", (delegate* unmanaged[Cdecl]<ulong, int*, int*, int*, Status>)&ModelExports.Describe);

    private static readonly delegate* unmanaged[Cdecl]<ulong, byte*, nuint, nuint*, Status> SummaryFunction
        = (delegate* unmanaged[Cdecl]<ulong, byte*, nuint, nuint*, Status>)Find("nativernn_model_summary", (delegate* unmanaged[Cdecl]<ulong, byte*, nuint, nuint*, Status>)&ModelExports.Summary);

    private static readonly delegate* unmanaged[Cdecl]<ulong, Status> FreeModelFunction
        = (delegate* unmanaged[Cdecl]<ulong, Status>)Find("nativernn_model_free", (delegate* unmanaged[Cdecl]<ulong, Status>)&ModelExports.Free);

    private static readonly delegate* unmanaged[Cdecl]<byte*, nuint, nuint*, Status> LastErrorFunction
        = (delegate* unmanaged[Cdecl]<byte*, nuint, nuint*, Status>)Find("nativernn_last_error", (delegate* unmanaged[Cdecl]<byte*, nuint, nuint*, Status>)&ModelExports.LastError);

    private static readonly delegate* unmanaged[Cdecl]<ulong, int, ulong*, Status> CreateFunction
        = (delegate* unmanaged[Cdecl]<ulong, int, ulong*, Status>)Find("nativernn_session_create", (delegate* unmanaged[Cdecl]<ulong, int, ulong*, Status>)&SessionExports.Create);

    private static readonly delegate* unmanaged[Cdecl]<ulong, int, float*, nuint, float*, nuint, Status> RunFunction
        = (delegate* unmanaged[Cdecl]<ulong, int, float*, nuint, float*, nuint, Status>)Find("nativernn_session_run", (delegate* unmanaged[Cdecl]<ulong, int, float*, nuint, float*, nuint, Status>)&SessionExports.Run);

    private static readonly delegate* unmanaged[Cdecl]<ulong, float*, nuint, float*, nuint, Status> StepFunction
        = (delegate* unmanaged[Cdecl]<ulong, float*, nuint, float*, nuint, Status>)Find("nativernn_session_step", (delegate* unmanaged[Cdecl]<ulong, float*, nuint, float*, nuint, Status>)&SessionExports.Step);

    private static readonly delegate* unmanaged[Cdecl]<ulong, Status> ResetFunction
        = (delegate* unmanaged[Cdecl]<ulong, Status>)Find("nativernn_session_reset", (delegate* unmanaged[Cdecl]<ulong, Status>)&SessionExports.Reset);

    private static readonly delegate* unmanaged[Cdecl]<ulong, byte*, nuint, nuint*, Status> SaveStateFunction
        = (delegate* unmanaged[Cdecl]<ulong, byte*, nuint, nuint*, Status>)Find("nativernn_session_save_state", (delegate* unmanaged[Cdecl]<ulong, byte*, nuint, nuint*, Status>)&SessionExports.SaveState);

    private static readonly delegate* unmanaged[Cdecl]<ulong, byte*, nuint, Status> LoadStateFunction
        = (delegate* unmanaged[Cdecl]<ulong, byte*, nuint, Status>)Find("nativernn_session_load_state", (delegate* unmanaged[Cdecl]<ulong, byte*, nuint, Status>)&SessionExports.LoadState);

    private static readonly delegate* unmanaged[Cdecl]<ulong, Status> FreeSessionFunction
        = (delegate* unmanaged[Cdecl]<ulong, Status>)Find("nativernn_session_free", (delegate* unmanaged[Cdecl]<ulong, Status>)&SessionExports.Free);

    public static Status Load(string? path, out ulong model)
    {
        fixed (byte* text = path is null ? null : Encoding.UTF8.GetBytes(path + '\0'))
        fixed (ulong* handle = &model)
            return LoadFunction(text, handle);
    }

    public static Status LoadIntoNull() => LoadFunction(null, null);

    public static Status Parse(byte[]? bytes, out ulong model)
    {
        fixed (byte* pointer = bytes)
        fixed (ulong* handle = &model)
            return ParseFunction(pointer, (nuint)(bytes?.Length ?? 0), handle);
    }

    public static Status Describe(ulong model, out int inputSize, out int outputSize, out int returnsSequence)
    {
        fixed (int* input = &inputSize, output = &outputSize, sequence = &returnsSequence)
            return DescribeFunction(model, input, output, sequence);
    }

    public static Status DescribeIntoNull(ulong model) => DescribeFunction(model, null, null, null);

    public static Status Summary(ulong model, byte[]? buffer, out nuint size)
    {
        fixed (byte* pointer = buffer)
        fixed (nuint* needed = &size)
            return SummaryFunction(model, pointer, (nuint)(buffer?.Length ?? 0), needed);
    }

    public static Status FreeModel(ulong model) => FreeModelFunction(model);

    public static Status LastError(byte[]? buffer, out nuint size)
    {
        fixed (byte* pointer = buffer)
        fixed (nuint* needed = &size)
            return LastErrorFunction(pointer, (nuint)(buffer?.Length ?? 0), needed);
    }

    public static string LastErrorText()
    {
        Assert.Equal(Status.Ok, LastError(null, out nuint size));
        byte[] text = new byte[size];
        Assert.Equal(Status.Ok, LastError(text, out _));
        Assert.Equal(0, text[^1]);
        return Encoding.UTF8.GetString(text, 0, text.Length - 1);
    }

    public static Status CreateSession(ulong model, int maxSteps, out ulong session)
    {
        fixed (ulong* handle = &session)
            return CreateFunction(model, maxSteps, handle);
    }

    public static Status Run(ulong session, int initialState, ReadOnlySpan<float> input, Span<float> output)
    {
        fixed (float* from = input, to = output)
            return RunFunction(session, initialState, from, (nuint)input.Length, to, (nuint)output.Length);
    }

    public static Status RunOfSize(ulong session, nuint count)
    {
        float value = 0;
        return RunFunction(session, 0, &value, count, &value, 1);
    }

    public static Status Step(ulong session, ReadOnlySpan<float> input, Span<float> output)
    {
        fixed (float* from = input, to = output)
            return StepFunction(session, from, (nuint)input.Length, to, (nuint)output.Length);
    }

    public static Status Reset(ulong session) => ResetFunction(session);

    public static Status SaveState(ulong session, byte[]? buffer, out nuint size)
    {
        fixed (byte* pointer = buffer)
        fixed (nuint* needed = &size)
            return SaveStateFunction(session, pointer, (nuint)(buffer?.Length ?? 0), needed);
    }

    public static Status LoadState(ulong session, byte[]? bytes)
    {
        fixed (byte* pointer = bytes)
            return LoadStateFunction(session, pointer, (nuint)(bytes?.Length ?? 0));
    }

    public static Status FreeSession(ulong session) => FreeSessionFunction(session);

    private static void* Find(string name, void* here) => Handle == 0 ? here : (void*)NativeLibrary.GetExport(Handle, name);
}
