namespace NativeRnn.Native.Tests;

public sealed class MisuseTests : IDisposable
{
    private readonly ulong _model;
    private readonly ulong _session;
    private readonly float[] _output = new float[1];

    public MisuseTests()
    {
        Assert.Equal(Status.Ok, NativeLibraryCalls.Load(SeattleModel.Path, out _model));
        Assert.Equal(Status.Ok, NativeLibraryCalls.CreateSession(_model, 1, out _session));
    }

    [Fact]
    public void Null_IsRefused()
    {
        Refused(Status.InvalidArgument, NativeLibraryCalls.LoadIntoNull(), "model is NULL");
        Refused(Status.InvalidArgument, NativeLibraryCalls.Load(null, out _), "path is NULL");
        Refused(Status.InvalidArgument, NativeLibraryCalls.Parse(null, out _), "bytes is NULL");
        Refused(Status.InvalidArgument, NativeLibraryCalls.DescribeIntoNull(_model), "input_size is NULL");
        Refused(Status.InvalidArgument, NativeLibraryCalls.Run(_session, 0, default, _output), "input is NULL");
        Refused(Status.InvalidArgument, NativeLibraryCalls.Run(_session, 0, SeattleModel.Window, default), "output is NULL");
        Refused(Status.InvalidArgument, NativeLibraryCalls.Step(_session, default, _output), "input is NULL");
        Refused(Status.InvalidArgument, NativeLibraryCalls.Step(_session, SeattleModel.Window.AsSpan(0, 6), default), "output is NULL");
        Refused(Status.InvalidArgument, NativeLibraryCalls.LoadState(_session, null), "bytes is NULL");
    }

    [Fact]
    public void WrongSize_IsRefused()
    {
        Refused(Status.InvalidArgument, NativeLibraryCalls.CreateSession(_model, 0, out ulong none), "MaxSteps");
        Assert.Equal(0UL, none);
        Refused(Status.InvalidArgument, NativeLibraryCalls.Run(_session, 0, SeattleModel.Window.AsSpan(1), _output), "59 values");
        Refused(Status.InvalidArgument, NativeLibraryCalls.Run(_session, 0, SeattleModel.Window, new float[2]), "exactly 1");
        Refused(Status.InvalidArgument, NativeLibraryCalls.Run(_session, 2, SeattleModel.Window, _output), "initial_state is 2");
        Refused(Status.InvalidArgument, NativeLibraryCalls.RunOfSize(_session, nuint.MaxValue), "at most 2147483647");
        Refused(Status.InvalidArgument, NativeLibraryCalls.RunOfSize(_session, 1), "overlap");
        Refused(Status.InvalidArgument, NativeLibraryCalls.Step(_session, SeattleModel.Window, _output), "60 values");
        Refused(Status.BufferTooSmall, NativeLibraryCalls.Summary(_model, new byte[3], out nuint size), $"{size} bytes");
        Refused(Status.BufferTooSmall, NativeLibraryCalls.SaveState(_session, new byte[3], out size), $"{size} bytes");

        // The error in hand is not replaced by that of asking for it.
        Assert.Equal(Status.BufferTooSmall, NativeLibraryCalls.LastError(new byte[3], out _));
        Assert.Contains($"{size} bytes", NativeLibraryCalls.LastErrorText());
    }

    [Fact]
    public void Handle_FreedOrOfTheWrongKindOrInvented_IsRefused()
    {
        NativeLibraryCalls.CreateSession(_model, 1, out ulong freed);
        Assert.Equal(Status.Ok, NativeLibraryCalls.FreeSession(freed));
        NativeLibraryCalls.CreateSession(_model, 1, out ulong next);

        foreach (ulong bad in (ulong[])[freed, _model, 0, uint.MaxValue, ulong.MaxValue, _session + (1UL << 32)])
        {
            Refused(Status.InvalidHandle, NativeLibraryCalls.Run(bad, 0, SeattleModel.Window, _output), $"0x{bad:x}");
            Refused(Status.InvalidHandle, NativeLibraryCalls.Step(bad, SeattleModel.Window.AsSpan(0, 6), _output), $"0x{bad:x}");
            Refused(Status.InvalidHandle, NativeLibraryCalls.Reset(bad), $"0x{bad:x}");
            Refused(Status.InvalidHandle, NativeLibraryCalls.SaveState(bad, null, out _), $"0x{bad:x}");
            Refused(Status.InvalidHandle, NativeLibraryCalls.LoadState(bad, [1]), $"0x{bad:x}");
            Refused(Status.InvalidHandle, NativeLibraryCalls.FreeSession(bad), $"0x{bad:x}");
        }

        foreach (ulong bad in (ulong[])[_session, 0, ulong.MaxValue])
        {
            Refused(Status.InvalidHandle, NativeLibraryCalls.Describe(bad, out _, out _, out _), $"0x{bad:x}");
            Refused(Status.InvalidHandle, NativeLibraryCalls.Summary(bad, null, out _), $"0x{bad:x}");
            Refused(Status.InvalidHandle, NativeLibraryCalls.CreateSession(bad, 1, out _), $"0x{bad:x}");
            Refused(Status.InvalidHandle, NativeLibraryCalls.FreeModel(bad), $"0x{bad:x}");
        }

        Assert.Equal(Status.Ok, NativeLibraryCalls.FreeSession(next));
    }

    [Fact]
    public void BadFile_IsRefused()
    {
        byte[] bytes = File.ReadAllBytes(SeattleModel.Path);
        bytes[100] ^= 1;
        Refused(Status.FileError, NativeLibraryCalls.Load("no/such/file.nrnn", out ulong none), "file.nrnn");
        Refused(Status.InvalidArgument, NativeLibraryCalls.Load("", out _), "empty");
        Refused(Status.BadFormat, NativeLibraryCalls.Parse(bytes, out _), "byte");
        Refused(Status.BadFormat, NativeLibraryCalls.LoadState(_session, bytes), "NRST");
        Assert.Equal(0UL, none);

        byte[] withAttachment = new RnnState(SeattleModel.Model.Architecture).ToBytes(SeattleModel.Model, [1, 2]);
        Refused(Status.BadFormat, NativeLibraryCalls.LoadState(_session, withAttachment), "2 bytes of another program");
    }

    [Fact]
    public void BackwardNetwork_CannotStep()
    {
        RnnModel model = new ModelBuilder(1).Bidirectional(new SimpleRnn(1)).Build(new Dictionary<string, float[]>
        {
            ["bidirectional.forward.kernel"] = [1],
            ["bidirectional.forward.recurrent_kernel"] = [1],
            ["bidirectional.forward.bias"] = [0],
            ["bidirectional.backward.kernel"] = [1],
            ["bidirectional.backward.recurrent_kernel"] = [1],
            ["bidirectional.backward.bias"] = [0],
        });
        Assert.Equal(Status.Ok, NativeLibraryCalls.Parse(model.ToBytes(), out ulong handle));
        NativeLibraryCalls.CreateSession(handle, 3, out ulong session);

        Refused(Status.NotSupported, NativeLibraryCalls.Step(session, [1], new float[2]), "whole sequence");
        Refused(Status.InvalidArgument, NativeLibraryCalls.Run(session, 0, [1, 2, 3, 4], new float[2]), "MaxSteps = 3");
        Assert.Equal(Status.Ok, NativeLibraryCalls.Run(session, 0, [1, 2, 3], new float[2]));
        NativeLibraryCalls.FreeSession(session);
        NativeLibraryCalls.FreeModel(handle);
    }

    [Fact]
    public void SecondThread_GetsBusyOrItsTurn()
    {
        float[] sequence = new float[6 * 20_000];
        bool stop = false;
        List<Status> seen = [];
        Thread thread = new(() =>
        {
            float[] output = new float[1];
            while (!Volatile.Read(ref stop))
                seen.Add(NativeLibraryCalls.Run(_session, 0, sequence, output));
        });
        thread.Start();
        DateTime end = DateTime.UtcNow.AddMinutes(5);
        Status status;
        do
            status = NativeLibraryCalls.Reset(_session);
        while (status == Status.Ok && DateTime.UtcNow < end);
        string text = NativeLibraryCalls.LastErrorText();
        Volatile.Write(ref stop, true);
        thread.Join();

        Assert.Equal(Status.Busy, status);
        Assert.Contains("Another thread", text);
        Assert.All(seen, status => Assert.True(status is Status.Ok or Status.Busy));
        Assert.Equal(Status.Ok, NativeLibraryCalls.Reset(_session));
    }

    [Fact]
    public void LastError_IsTheThreadsOwn()
    {
        Refused(Status.InvalidHandle, NativeLibraryCalls.Reset(0), "0x0");
        string? other = null;
        Thread thread = new(() => other = NativeLibraryCalls.LastErrorText());
        thread.Start();
        thread.Join();

        Assert.Equal("", other);
    }

    public void Dispose()
    {
        Assert.Equal(Status.Ok, NativeLibraryCalls.FreeSession(_session));
        Assert.Equal(Status.InvalidHandle, NativeLibraryCalls.FreeSession(_session));
        Assert.Equal(Status.Ok, NativeLibraryCalls.FreeModel(_model));
        Assert.Equal(Status.InvalidHandle, NativeLibraryCalls.FreeModel(_model));
    }

    private static void Refused(Status expected, Status actual, string text)
    {
        string error = NativeLibraryCalls.LastErrorText();
        Assert.True(expected == actual, $"{expected} expected, found {actual}: {error}");
        Assert.Contains(text, error);
    }
}
