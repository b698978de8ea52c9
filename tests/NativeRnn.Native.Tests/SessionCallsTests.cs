using System.Text;
using NativeRnn.Tests;

// All calls share one table of handles. When two threads first want its lock at once, the runtime allocates what the second waits on, 280 bytes,
// which a test running beside the one that counts would cause.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace NativeRnn.Native.Tests;

public sealed class SessionCallsTests : IDisposable
{
    private readonly ulong _model;
    private readonly ulong _session;

    public SessionCallsTests()
    {
        Assert.Equal(Status.Ok, NativeLibraryCalls.Load(SeattleModel.Path, out _model));
        Assert.Equal(Status.Ok, NativeLibraryCalls.CreateSession(_model, 1, out _session));
    }

    [Fact]
    public void DescribeAndSummary_AreTheModels()
    {
        Assert.Equal(Status.Ok, NativeLibraryCalls.Describe(_model, out int input, out int output, out int returnsSequence));
        Assert.Equal((6, 1, 0), (input, output, returnsSequence));

        Assert.Equal(Status.Ok, NativeLibraryCalls.Summary(_model, null, out nuint size));
        byte[] text = new byte[size];
        Assert.Equal(Status.Ok, NativeLibraryCalls.Summary(_model, text, out _));
        Assert.Equal(SeattleModel.Model.Summary() + '\0', Encoding.UTF8.GetString(text));
    }

    [Fact]
    public void Run_GivesTheBitsOfRnnSession()
    {
        float[] expected = new float[1];
        SeattleModel.Model.CreateSession().Run(SeattleModel.Window, expected);

        float[] actual = new float[1];
        Assert.Equal(Status.Ok, NativeLibraryCalls.Run(_session, 0, SeattleModel.Window, actual));
        Assert.Equal(Bits(expected), Bits(actual));

        // Anew from zero, then on from there.
        Assert.Equal(Status.Ok, NativeLibraryCalls.Run(_session, 0, SeattleModel.Window.AsSpan(..24), actual));
        Assert.Equal(Status.Ok, NativeLibraryCalls.Run(_session, 1, SeattleModel.Window.AsSpan(24..), actual));
        Assert.Equal(Bits(expected), Bits(actual));
    }

    [Fact]
    public void Step_ThroughASavedState_GivesTheBitsOfRun()
    {
        float[] expected = new float[1];
        float[] actual = new float[1];
        NativeLibraryCalls.Run(_session, 0, SeattleModel.Window, expected);

        Assert.Equal(Status.Ok, NativeLibraryCalls.Reset(_session));
        for (int i = 0; i < 5; i++)
            Assert.Equal(Status.Ok, NativeLibraryCalls.Step(_session, SeattleModel.Window.AsSpan(6 * i, 6), actual));
        Assert.Equal(Status.Ok, NativeLibraryCalls.SaveState(_session, null, out nuint size));
        byte[] state = new byte[size];
        Assert.Equal(Status.Ok, NativeLibraryCalls.SaveState(_session, state, out _));
        NativeLibraryCalls.CreateSession(_model, 1, out ulong other);
        Assert.Equal(Status.Ok, NativeLibraryCalls.LoadState(other, state));
        for (int i = 5; i < 10; i++)
            Assert.Equal(Status.Ok, NativeLibraryCalls.Step(other, SeattleModel.Window.AsSpan(6 * i, 6), actual));

        Assert.Equal(Bits(expected), Bits(actual));
        Assert.Equal(Status.Ok, NativeLibraryCalls.FreeSession(other));
    }

    [Fact]
    public void Step_AllocatesNothing()
    {
        Assert.SkipUnless(NativeLibraryCalls.Library is null, "the published library's allocations are not this process's to see");
        float[] output = new float[1];
        for (int i = 0; i < 100; i++)
            NativeLibraryCalls.Step(_session, SeattleModel.Window.AsSpan(0, 6), output);

        Assert.Equal(0, Allocated.By(() =>
        {
            for (int i = 0; i < 1000; i++)
                NativeLibraryCalls.Step(_session, SeattleModel.Window.AsSpan(0, 6), output);
        }));
    }

    [Fact]
    public void Session_OutlivesItsModelsHandle()
    {
        NativeLibraryCalls.Load(SeattleModel.Path, out ulong model);
        NativeLibraryCalls.CreateSession(model, 1, out ulong session);
        Assert.Equal(Status.Ok, NativeLibraryCalls.FreeModel(model));

        Assert.Equal(Status.Ok, NativeLibraryCalls.Run(session, 0, SeattleModel.Window, new float[1]));
        Assert.Equal(Status.Ok, NativeLibraryCalls.FreeSession(session));
    }

    public void Dispose()
    {
        Assert.Equal(Status.Ok, NativeLibraryCalls.FreeSession(_session));
        Assert.Equal(Status.Ok, NativeLibraryCalls.FreeModel(_model));
    }

    private static int[] Bits(float[] values) => [.. values.Select(BitConverter.SingleToInt32Bits)];
}
