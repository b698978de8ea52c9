namespace NativeRnn.Native;

/// <summary>The functions of <c>nativernn.h</c> for sessions.</summary>
internal static unsafe class SessionExports
{
    private static HandleTable Handles => ModelExports.Handles;

    [UnmanagedCallersOnly(EntryPoint = "nativernn_session_create", CallConvs = [typeof(CallConvCdecl)])]
    public static Status Create(ulong model, int maxSteps, ulong* session)
    {
        try
        {
            Arguments.CheckPointer(session, "session");
            *session = 0;
            *session = Handles.Add(Handles.Get<RnnModel>(model).CreateSession(new SessionOptions { MaxSteps = maxSteps }));
            return Status.Ok;
        }
        catch (Exception exception)
        {
            return Failure.Report(exception);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "nativernn_session_run", CallConvs = [typeof(CallConvCdecl)])]
    public static Status Run(ulong session, int initialState, float* input, nuint inputCount, float* output, nuint outputCount)
    {
        try
        {
            if (initialState is not ((int)InitialState.Zero or (int)InitialState.Carried))
                throw new StatusException(Status.InvalidArgument, $"initial_state is {initialState}, expected 0 (zero) or 1 (carried).");
            ReadOnlySpan<float> sequence = Arguments.Span(input, inputCount, "input");
            Span<float> result = Separate(sequence, Arguments.Span(output, outputCount, "output"));
            using Use use = new(session);
            use.Session.Run(sequence, result, (InitialState)initialState);
            return Status.Ok;
        }
        catch (Exception exception)
        {
            return Failure.Report(exception);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "nativernn_session_step", CallConvs = [typeof(CallConvCdecl)])]
    public static Status Step(ulong session, float* input, nuint inputCount, float* output, nuint outputCount)
    {
        try
        {
            ReadOnlySpan<float> features = Arguments.Span(input, inputCount, "input");
            Span<float> result = Separate(features, Arguments.Span(output, outputCount, "output"));
            using Use use = new(session);
            use.Session.Step(features, result);
            return Status.Ok;
        }
        catch (Exception exception)
        {
            return Failure.Report(exception);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "nativernn_session_reset", CallConvs = [typeof(CallConvCdecl)])]
    public static Status Reset(ulong session)
    {
        try
        {
            using Use use = new(session);
            use.Session.Reset();
            return Status.Ok;
        }
        catch (Exception exception)
        {
            return Failure.Report(exception);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "nativernn_session_save_state", CallConvs = [typeof(CallConvCdecl)])]
    public static Status SaveState(ulong session, byte* buffer, nuint capacity, nuint* size)
    {
        try
        {
            using Use use = new(session);
            RnnState state = new(use.Session.Model.Architecture);
            use.Session.SaveState(state);
            Arguments.CopyOut(state.ToBytes(use.Session.Model), buffer, capacity, size);
            return Status.Ok;
        }
        catch (Exception exception)
        {
            return Failure.Report(exception);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "nativernn_session_load_state", CallConvs = [typeof(CallConvCdecl)])]
    public static Status LoadState(ulong session, byte* bytes, nuint count)
    {
        try
        {
            ReadOnlySpan<byte> file = Arguments.Span(bytes, count, "bytes");
            using Use use = new(session);
            RnnState state = RnnState.Parse(use.Session.Model, file, out byte[] attachment);
            if (attachment.Length > 0)
                throw new StateFormatException($"the state has {attachment.Length} bytes of another program with it, none expected");
            use.Session.RestoreState(state);
            return Status.Ok;
        }
        catch (Exception exception)
        {
            return Failure.Report(exception);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "nativernn_session_free", CallConvs = [typeof(CallConvCdecl)])]
    public static Status Free(ulong session)
    {
        try
        {
            Handles.Remove<RnnSession>(session).Dispose();
            return Status.Ok;
        }
        catch (Exception exception)
        {
            return Failure.Report(exception);
        }
    }

    private static Span<float> Separate(ReadOnlySpan<float> input, Span<float> output)
        => input.Overlaps(output) ? throw new StatusException(Status.InvalidArgument, "input and output overlap.") : output;

    /// <summary>A session for one call alone.</summary>
    private readonly ref struct Use(ulong handle)
    {
        public RnnSession Session { get; } = Handles.Take<RnnSession>(handle);

        public void Dispose() => Handles.Return(handle);
    }
}
