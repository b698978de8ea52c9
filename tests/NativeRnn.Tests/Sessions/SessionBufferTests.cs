using CommunityToolkit.HighPerformance;
using NativeRnn.Tests.Samples;

namespace NativeRnn.Tests.Sessions;

/// <summary>What a session reads and writes, and what it leaves alone.</summary>
public sealed class SessionBufferTests
{
    private const int InputSize = 7;
    private const int Steps = 9;

    public static TheoryData<string> Variants => LayerVariants.Names;

    public static TheoryData<string> OneWayVariants => LayerVariants.OneWayNames;

    [Theory]
    [MemberData(nameof(Variants))]
    public void RunBatch_BuffersWithin_CanariesStayAndOffsetsDoNotMatter(string variant)
    {
        const int Batch = 3;
        foreach (int units in new[] { 1, 3, 16, 33 })
            foreach (bool returnSequences in new[] { false, true })
            {
                RandomModel sample = new(InputSize, LayerVariants.Create(variant, units, returnSequences));
                float[] inputs = sample.Inputs(Steps, Batch);
                int length = Batch * sample.OutputLength(Steps);
                foreach (VectorWidth width in AcceleratedWidths.All)
                {
                    using RnnSession session = sample.CreateSession(width, Batch, Steps);
                    float[] expected = new float[length];
                    session.RunBatch(inputs, Batch, expected);
                    for (int offset = 1; offset <= 5; offset += 2)
                    {
                        using Guarded guardedInputs = new(inputs, offset);
                        using Guarded guardedOutputs = new(new float[length], offset);
                        session.RunBatch(guardedInputs.Inner, Batch, guardedOutputs.Inner);
                        Bits.AssertEqual(expected, guardedOutputs.Inner, $"{variant}, {units} units, {width}, offset {offset}");
                        Bits.AssertEqual(inputs, guardedInputs.Inner, "inputs");
                    }
                }
            }
    }

    [Theory]
    [MemberData(nameof(OneWayVariants))]
    public void Step_BuffersWithin_CanariesStay(string variant)
    {
        foreach (int units in new[] { 1, 3, 16, 33 })
        {
            RandomModel sample = new(InputSize, LayerVariants.Create(variant, units, returnSequences: true));
            float[] input = sample.Inputs(1);
            foreach (VectorWidth width in AcceleratedWidths.All)
            {
                using RnnSession session = sample.CreateSession(width);
                using Guarded guardedInput = new(input, 3);
                using Guarded guardedOutput = new(new float[sample.OutputLength(1)], 3);
                session.Step(guardedInput.Inner, guardedOutput.Inner);
                Bits.AssertEqual(sample.Run(input, width), guardedOutput.Inner, $"{variant}, {units} units, {width}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(OneWayVariants))]
    public void SaveState_LargeUnits_FillsExactlyTheState(string variant)
    {
        RandomModel sample = new(InputSize, LayerVariants.Create(variant, 33, returnSequences: true), new Lstm(3) { ReturnSequences = true });
        using RnnSession session = sample.CreateSession();
        session.Run(sample.Inputs(Steps), new float[Steps * 3]);
        RnnState state = new(sample.Architecture);
        state.Values.Fill(float.NaN);
        session.SaveState(state);
        Assert.DoesNotContain(float.NaN, state.Values.ToArray());
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Run_TableWithPitch_ReadsOnlyItsColumns(string variant)
    {
        const int Pitch = 11;
        RandomModel sample = new(InputSize, LayerVariants.Create(variant, 20, returnSequences: true), new Dense(2));
        float[] input = sample.Inputs(Steps);
        float[] table = new float[3 + Steps * Pitch];
        table.AsSpan().Fill(float.NaN);
        for (int step = 0; step < Steps; step++)
            input.AsSpan(step * InputSize, InputSize).CopyTo(table.AsSpan(3 + step * Pitch));

        foreach (VectorWidth width in AcceleratedWidths.All)
        {
            using RnnSession session = sample.CreateSession(width);
            float[] output = new float[Steps * 2];
            session.Run(new ReadOnlySpan2D<float>(table, offset: 3, height: Steps, width: InputSize, pitch: Pitch - InputSize), output);
            Bits.AssertEqual(sample.Run(input, width), output, $"{variant}, {width}");
        }
    }

    [Fact]
    public void Run_ColumnsOfATwoDimensionalArray_AreItsFeatures()
    {
        RandomModel sample = new(2, new Gru(5), new Dense(1));
        float[] input = sample.Inputs(4);
        float[,] table = new float[4, 3];
        for (int step = 0; step < 4; step++)
            (table[step, 0], table[step, 1], table[step, 2]) = (float.NaN, input[2 * step], input[2 * step + 1]);

        using RnnSession session = sample.CreateSession();
        float[] output = new float[1];
        session.Run(new ReadOnlySpan2D<float>(table, row: 0, column: 1, height: 4, width: 2), output);
        Bits.AssertEqual(sample.Run(input), output, "columns 1 and 2");
    }

    [Fact]
    public void RnnModel_WeightsChangedAfterwards_KeepsItsOwn()
    {
        RandomModel sample = new(InputSize, new Gru(5), new Dense(1));
        float[] input = sample.Inputs(Steps);
        float[] expected = sample.Run(input);
        foreach (float[] weights in sample.Weights.Values)
            Array.Clear(weights);
        Bits.AssertEqual(expected, sample.Run(input), "after clearing the caller's arrays");
    }

    /// <summary>A buffer with NaNs around it that must still be there in the end.</summary>
    private sealed class Guarded : IDisposable
    {
        private const int Margin = 40;
        private const int Canary = 0x7FC0BEEF;
        private readonly float[] _values;
        private readonly int _offset;
        private readonly int _length;

        public Guarded(float[] inner, int offset)
        {
            _offset = Margin + offset;
            _length = inner.Length;
            _values = new float[_offset + _length + Margin];
            _values.AsSpan().Fill(BitConverter.Int32BitsToSingle(Canary));
            inner.CopyTo(Inner);
        }

        public Span<float> Inner => _values.AsSpan(_offset, _length);

        public void Dispose()
        {
            for (int i = 0; i < _values.Length; i++)
                if (i < _offset || i >= _offset + _length)
                    Assert.True(BitConverter.SingleToInt32Bits(_values[i]) == Canary, $"The value {i - _offset} places from a buffer of {_length} was overwritten.");
        }
    }
}
