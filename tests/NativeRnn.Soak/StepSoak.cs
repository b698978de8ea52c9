using System.Runtime.InteropServices;

namespace NativeRnn.Soak;

/// <summary>What a soak found.</summary>
/// <param name="Steps">Steps taken.</param>
/// <param name="Checkpoints">Times that a fresh session was started from the state, as a file holds it, and stepped on beside the old one.</param>
/// <param name="Drifts">Checkpoints after which the two differed by a bit, or the state was not finite.</param>
/// <param name="AllocatedBytes">By the stepping thread between checkpoints.</param>
/// <param name="FirstResident">Resident memory after the first tenth, bytes.</param>
/// <param name="LastResident">Resident memory at the end, bytes.</param>
/// <param name="Seconds">Time taken.</param>
internal sealed record SoakResult(long Steps, int Checkpoints, int Drifts, long AllocatedBytes, long FirstResident, long LastResident, double Seconds)
{
    /// <summary>A few pages that the runtime's own threads may touch late.</summary>
    private const long AllowedGrowth = 1 << 20;

    public bool IsGood => Drifts == 0 && AllocatedBytes == 0 && LastResident - FirstResident <= AllowedGrowth;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Steps:N0} steps in {Seconds:F1} s, {AllocatedBytes:N0} bytes allocated, resident {FirstResident / 1e6:F1} MB at first and {LastResident / 1e6:F1} MB at last, {Drifts} of {Checkpoints} checkpoints drifted: {(IsGood ? "good" : "FAILED")}");
}

/// <summary>Streams a model for long and looks at memory and at drift: whether anything but the state has an influence on what comes.</summary>
internal sealed class StepSoak(RnnModel model)
{
    private const int Checkpoints = 100;
    private const int StepsTogether = 1000;
    private const int Rows = 4099;

    /// <summary>Fewer leave no steps between checkpoints.</summary>
    public const long MinSteps = 2 * Checkpoints * StepsTogether;

    private readonly float[] _inputs = Inputs(model.Architecture.InputSize);
    private readonly float[] _output = new float[model.Architecture.OutputSize];
    private readonly float[] _freshOutput = new float[model.Architecture.OutputSize];
    private readonly RnnState _state = new(model.Architecture);
    private readonly RnnState _freshState = new(model.Architecture);
    private int _row;

    /// <exception cref="NotSupportedException">The network cannot go step by step.</exception>
    public SoakResult Run(long steps)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        using RnnSession session = model.CreateSession();
        long allocated = 0;
        long firstResident = 0;
        int drifts = 0;
        for (int checkpoint = 1; checkpoint <= Checkpoints; checkpoint++)
        {
            long alone = steps * checkpoint / Checkpoints - steps * (checkpoint - 1) / Checkpoints - StepsTogether;
            // A background collection counts the unused rest of a thread's allocation window as allocated; this one leaves none to count.
            GC.Collect();
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (long step = 0; step < alone; step++)
                session.Step(NextRow(), _output);
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;

            if (!AgreesWithFresh(session))
                drifts++;
            if (checkpoint == Checkpoints / 10)
                firstResident = Resident();
        }

        return new SoakResult(steps, Checkpoints, drifts, allocated, firstResident, Resident(), watch.Elapsed.TotalSeconds);
    }

    private bool AgreesWithFresh(RnnSession session)
    {
        session.SaveState(_state);
        bool agrees = _state.IsFinite;
        using RnnSession fresh = model.CreateSession();
        fresh.RestoreState(RnnState.Parse(model, _state.ToBytes(model), out _));
        for (int step = 0; step < StepsTogether; step++)
        {
            ReadOnlySpan<float> row = NextRow();
            session.Step(row, _output);
            fresh.Step(row, _freshOutput);
            agrees &= HaveSameBits(_output, _freshOutput);
        }

        session.SaveState(_state);
        fresh.SaveState(_freshState);
        return agrees && HaveSameBits(_state.Values, _freshState.Values);
    }

    private ReadOnlySpan<float> NextRow()
    {
        int size = model.Architecture.InputSize;
        _row = _row + 1 == Rows ? 0 : _row + 1;
        return _inputs.AsSpan(_row * size, size);
    }

    private static bool HaveSameBits(ReadOnlySpan<float> first, ReadOnlySpan<float> second)
        => MemoryMarshal.AsBytes(first).SequenceEqual(MemoryMarshal.AsBytes(second));

    private static long Resident()
    {
        GC.Collect();
        return Environment.WorkingSet;
    }

    /// <summary>Uniform with deviation 1, as a recipe makes of measurements, with a dead and a stuck sensor for a while.</summary>
    private static float[] Inputs(int size)
    {
        Random random = new(1);
        float[] inputs = new float[Rows * size];
        for (int row = 0; row < Rows; row++)
        {
            for (int i = 0; i < size; i++)
                inputs[row * size + i] = row is > 1000 and < 1500 ? 0 : row is > 2000 and < 2500 ? 30 : (2 * random.NextSingle() - 1) * MathF.Sqrt(3);
        }

        return inputs;
    }
}
