using NativeRnn.Tests.Samples;

namespace NativeRnn.Tests.Layers;

/// <summary>
/// The same bits whichever way a result is computed: by every width, alone or in a batch, step by step or whole, in one call or in
/// several. Fused and unfused multiply-add round differently, but every width takes the same one of them on one machine.
/// </summary>
public sealed class BitEqualityTests
{
    private static readonly int[] UnitCounts = [1, 3, 6, 16, 20, 32, 33];

    public static TheoryData<string> Variants => LayerVariants.Names;

    public static TheoryData<string> OneWayVariants => LayerVariants.OneWayNames;

    public static TheoryData<string, string> RolesWithActivations => LayerVariants.RolesWithActivations;

    [Theory]
    [MemberData(nameof(Variants))]
    public void Run_EveryWidth_GivesTheSameBits(string variant)
    {
        foreach (int inputSize in new[] { 1, 2, 7, 14 })
            foreach (int units in UnitCounts)
            {
                RandomModel sample = new(
                    inputSize,
                    LayerVariants.Create(variant, units, returnSequences: true),
                    new Dense(5) { Activation = Activation.Softmax });
                AssertWidthsAgree(sample, steps: 24, $"{variant}, {inputSize} -> {units}");
            }
    }

    /// <summary>
    /// A small cell adds up in another order than a large one, and with so few units the widths round their number up very differently: which of the two a
    /// cell is must not depend on that.
    /// </summary>
    [Theory]
    [MemberData(nameof(Variants))]
    public void Run_BetweenSmallAndLargeCell_EveryWidthGivesTheSameBits(string variant)
    {
        foreach (int inputSize in new[] { 150, 220, 300, 450, 600, 900, 1000 })
        {
            RandomModel sample = new(inputSize, LayerVariants.Create(variant, units: 9, returnSequences: true), new Dense(2));
            AssertWidthsAgree(sample, steps: 5, $"{variant}, {inputSize} -> 9");
        }
    }

    [Theory]
    [MemberData(nameof(RolesWithActivations))]
    public void Run_EveryWidthAndActivation_GivesTheSameBits(string role, string activation)
    {
        foreach (int units in new[] { 3, 20, 33 })
        {
            RandomModel sample = new(
                7,
                LayerVariants.CreateWithActivation(role, activation, units, returnSequences: true),
                new Dense(5) { Activation = Activation.Parse(activation) });
            AssertWidthsAgree(sample, steps: 10, $"{role}, {activation}, {units} units");
        }
    }

    /// <summary>The last size is that of a cell whose input is projected first, so that the sums of each sequence of a batch start from values of their own.</summary>
    [Theory]
    [MemberData(nameof(Variants))]
    public void RunBatch_AnySize_GivesTheBitsOfEachSequenceAlone(string variant)
    {
        const int Steps = 24;
        foreach (int units in (int[])[.. UnitCounts, 100])
        {
            RandomModel sample = new(7, LayerVariants.Create(variant, units, returnSequences: units % 2 == 0), new Dense(3));
            foreach (VectorWidth width in AcceleratedWidths.All)
            {
                using RnnSession session = sample.CreateSession(width, maxBatch: 8, maxSteps: Steps);
                foreach (int batch in new[] { 1, 2, 3, 5, 7, 8 })
                {
                    float[] inputs = sample.Inputs(Steps, batch);
                    int inputLength = inputs.Length / batch;
                    int outputLength = sample.OutputLength(Steps);
                    float[] outputs = new float[batch * outputLength];
                    session.RunBatch(inputs, batch, outputs);
                    for (int i = 0; i < batch; i++)
                    {
                        Bits.AssertEqual(
                            sample.Run(inputs.AsSpan(i * inputLength, inputLength), width), outputs.AsSpan(i * outputLength, outputLength),
                            $"{variant}, {units} units, {width}, sequence {i} of {batch}");
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(OneWayVariants))]
    public void Step_OneByOne_GivesTheBitsOfTheWholeSequence(string variant)
    {
        const int Steps = 40;
        foreach (int units in UnitCounts)
        {
            RandomModel sample = new(
                7, LayerVariants.Create(variant, units, returnSequences: true), new Gru(5) { ReturnSequences = true }, new Dense(2));
            float[] input = sample.Inputs(Steps);
            foreach (VectorWidth width in AcceleratedWidths.All)
            {
                using RnnSession session = sample.CreateSession(width);
                float[] outputs = new float[Steps * 2];
                for (int step = 0; step < Steps; step++)
                    session.Step(input.AsSpan(step * 7, 7), outputs.AsSpan(step * 2, 2));
                Bits.AssertEqual(sample.Run(input, width), outputs, $"{variant}, {units} units, {width}");
            }
        }
    }

    [Fact]
    public void Step_ManyToOneNetwork_GivesTheOutputOfEveryPrefix()
    {
        RandomModel sample = new(7, new Gru(20) { ReturnSequences = true }, new Lstm(9), new Dense(2));
        float[] input = sample.Inputs(30);
        using RnnSession session = sample.CreateSession();
        float[] output = new float[2];
        for (int step = 0; step < 30; step++)
        {
            session.Step(input.AsSpan(step * 7, 7), output);
            Bits.AssertEqual(sample.Run(input.AsSpan(0, (step + 1) * 7)), output, $"step {step}");
        }
    }

    [Theory]
    [MemberData(nameof(OneWayVariants))]
    public void Run_SplitInTwoCalls_GivesTheBitsOfOne(string variant)
    {
        const int Steps = 50;
        RandomModel sample = new(
            7, LayerVariants.Create(variant, 20, returnSequences: true), new SimpleRnn(6) { ReturnSequences = true }, new Dense(2));
        float[] input = sample.Inputs(Steps);
        foreach (VectorWidth width in AcceleratedWidths.All)
        {
            float[] whole = sample.Run(input, width);
            using RnnSession session = sample.CreateSession(width);
            for (int split = 1; split < Steps; split++)
            {
                float[] output = new float[Steps * 2];
                session.Run(input.AsSpan(0, split * 7), output.AsSpan(0, split * 2));
                session.Run(input.AsSpan(split * 7), output.AsSpan(split * 2), InitialState.Carried);
                Bits.AssertEqual(whole, output, $"{variant}, {width}, split at {split}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(OneWayVariants))]
    public void RunBatch_SplitInTwoCalls_GivesTheBitsOfOne(string variant)
    {
        const int Steps = 30;
        const int Batch = 5;
        RandomModel sample = new(7, LayerVariants.Create(variant, 20, returnSequences: true), new Lstm(6), new Dense(2));
        float[] inputs = sample.Inputs(Steps, Batch);
        foreach (VectorWidth width in AcceleratedWidths.All)
        {
            using RnnSession session = sample.CreateSession(width, Batch);
            float[] whole = new float[Batch * 2];
            session.RunBatch(inputs, Batch, whole);

            foreach (int split in new[] { 1, 7, 16, 29 })
            {
                float[] outputs = new float[Batch * 2];
                session.RunBatch(Slice(inputs, 0, split), Batch, outputs);
                session.RunBatch(Slice(inputs, split, Steps), Batch, outputs, InitialState.Carried);
                Bits.AssertEqual(whole, outputs, $"{variant}, {width}, split at {split}");
            }
        }

        static float[] Slice(float[] inputs, int from, int to)
            => [.. inputs.Chunk(Steps * 7).SelectMany(sequence => sequence[(from * 7)..(to * 7)])];
    }

    [Theory]
    [MemberData(nameof(OneWayVariants))]
    public void Run_EveryLengthUpTo200_GivesThePrefixOfTheLongest(string variant)
    {
        const int Longest = 200;
        RandomModel sample = new(
            3, LayerVariants.Create(variant, 5, returnSequences: true), new Gru(4) { ReturnSequences = true }, new Dense(2));
        float[] input = sample.Inputs(Longest);
        foreach (VectorWidth width in AcceleratedWidths.All)
        {
            using RnnSession session = sample.CreateSession(width);
            float[] longest = new float[Longest * 2];
            session.Run(input, longest);
            for (int steps = 1; steps < Longest; steps++)
            {
                float[] output = new float[steps * 2];
                session.Run(input.AsSpan(0, steps * 3), output);
                Bits.AssertEqual(longest.AsSpan(0, steps * 2), output, $"{variant}, {width}, {steps} steps");
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_BidirectionalEveryLength_GivesWhatTwoNetworksOfOneDirectionGive(bool returnSequences)
    {
        Gru layer = new(5) { ReturnSequences = returnSequences };
        RandomModel both = new(3, new Bidirectional(layer));
        RnnModel forward = OneDirection("forward");
        RnnModel backward = OneDirection("backward");
        foreach (VectorWidth width in AcceleratedWidths.All)
        {
            SessionOptions options = new() { VectorWidth = width, MaxSteps = 200 };
            using RnnSession bothSession = both.Model.CreateSession(options);
            using RnnSession forwardSession = forward.CreateSession(options);
            using RnnSession backwardSession = backward.CreateSession(options);
            for (int steps = 1; steps <= 200; steps++)
            {
                float[] input = both.Inputs(steps);
                float[] reversedInput = [.. input.Chunk(3).Reverse().SelectMany(row => row)];
                int rows = returnSequences ? steps : 1;
                float[] forwardOutput = new float[rows * 5];
                float[] backwardOutput = new float[rows * 5];
                forwardSession.Run(input, forwardOutput);
                backwardSession.Run(reversedInput, backwardOutput);
                IEnumerable<float[]> backwardRows = backwardOutput.Chunk(5).Reverse();
                float[] expected = [.. forwardOutput.Chunk(5).Zip(backwardRows).SelectMany(rows => rows.First.Concat(rows.Second))];

                float[] output = new float[rows * 10];
                bothSession.Run(input, output);
                Bits.AssertEqual(expected, output, $"{width}, {steps} steps");
            }
        }

        RnnModel OneDirection(string direction)
        {
            string prefix = $"bidirectional.{direction}.";
            return new RnnModel(
                new Architecture(3, [layer]),
                both.Weights.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal))
                    .ToDictionary(pair => "gru." + pair.Key[prefix.Length..], pair => pair.Value));
        }
    }

    private static void AssertWidthsAgree(RandomModel sample, int steps, string context)
    {
        float[] input = sample.Inputs(steps);
        float[] scalar = sample.Run(input, VectorWidth.Scalar);
        foreach (VectorWidth width in AcceleratedWidths.All[1..])
            Bits.AssertEqual(scalar, sample.Run(input, width), $"{context}, {width} against scalar");
    }
}
