namespace NativeRnn.Native;

/// <summary>The functions of <c>nativernn.h</c> for models, and its last error.</summary>
internal static unsafe class ModelExports
{
    /// <summary>Every model and session that the caller holds.</summary>
    public static readonly HandleTable Handles = new();

    [UnmanagedCallersOnly(EntryPoint = "nativernn_model_load", CallConvs = [typeof(CallConvCdecl)])]
    public static Status Load(byte* path, ulong* model)
    {
        try
        {
            Arguments.CheckPointer(model, "model");
            *model = 0;
            *model = Handles.Add(RnnModel.Load(Arguments.Path(path)));
            return Status.Ok;
        }
        catch (Exception exception)
        {
            return Failure.Report(exception);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "nativernn_model_parse", CallConvs = [typeof(CallConvCdecl)])]
    public static Status Parse(byte* bytes, nuint count, ulong* model)
    {
        try
        {
            Arguments.CheckPointer(model, "model");
            *model = 0;
            *model = Handles.Add(RnnModel.Parse(Arguments.Span(bytes, count, "bytes")));
            return Status.Ok;
        }
        catch (Exception exception)
        {
            return Failure.Report(exception);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "nativernn_model_describe", CallConvs = [typeof(CallConvCdecl)])]
    public static Status Describe(ulong model, int* inputSize, int* outputSize, int* returnsSequence)
    {
        try
        {
            Arguments.CheckPointer(inputSize, "input_size");
            Arguments.CheckPointer(outputSize, "output_size");
            Arguments.CheckPointer(returnsSequence, "returns_sequence");
            Architecture architecture = Handles.Get<RnnModel>(model).Architecture;
            *inputSize = architecture.InputSize;
            *outputSize = architecture.OutputSize;
            *returnsSequence = architecture.ReturnsSequence ? 1 : 0;
            return Status.Ok;
        }
        catch (Exception exception)
        {
            return Failure.Report(exception);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "nativernn_model_summary", CallConvs = [typeof(CallConvCdecl)])]
    public static Status Summary(ulong model, byte* buffer, nuint capacity, nuint* size)
    {
        try
        {
            Arguments.CopyTextOut(Handles.Get<RnnModel>(model).Summary(), buffer, capacity, size);
            return Status.Ok;
        }
        catch (Exception exception)
        {
            return Failure.Report(exception);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "nativernn_model_free", CallConvs = [typeof(CallConvCdecl)])]
    public static Status Free(ulong model)
    {
        try
        {
            Handles.Remove<RnnModel>(model);
            return Status.Ok;
        }
        catch (Exception exception)
        {
            return Failure.Report(exception);
        }
    }

    /// <summary>Its own failures leave the last error as it is.</summary>
    [UnmanagedCallersOnly(EntryPoint = "nativernn_last_error", CallConvs = [typeof(CallConvCdecl)])]
    public static Status LastError(byte* buffer, nuint capacity, nuint* size)
    {
        try
        {
            Arguments.CopyTextOut(Failure.LastError, buffer, capacity, size);
            return Status.Ok;
        }
        catch (Exception exception)
        {
            return Failure.StatusOf(exception);
        }
    }
}
