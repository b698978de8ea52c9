using NativeRnn.Tests.Reference;
using NativeRnn.Tests.Samples;

namespace NativeRnn.Tests.Layers;

/// <summary>Every layer in every variant, size and vector width against the double-precision reference.</summary>
public sealed class LayerReferenceTests
{
    // A float32 sum of p + q + 1 <= 48 products of size about 1/sqrt(q) has an error of a few 2^-24 = 6e-8; gates and the decay of
    // a stable recurrence keep the sum over the steps at some ten of these.
    private const double StableTolerance = 2e-6;

    // Weights four times as large make every step multiply an earlier error by up to about 4, hence the few steps.
    private const double LargeWeightsTolerance = 2e-5;

    private static readonly int[] InputSizes = [1, 7, 14];
    private static readonly int[] UnitCounts = [1, 3, 16, 20, 32, 33];
    private static readonly int[] BatchSizes = [1, 3, 5, 8];

    public static TheoryData<string> Variants => LayerVariants.Names;

    public static TheoryData<string> OneWayVariants => LayerVariants.OneWayNames;

    public static TheoryData<string, string> RolesWithActivations => LayerVariants.RolesWithActivations;

    [Theory]
    [MemberData(nameof(Variants))]
    public void RunBatch_AnySizeAndWidth_AgreesWithReference(string variant)
    {
        foreach (int inputSize in InputSizes)
            foreach (int units in UnitCounts)
                foreach (bool returnSequences in new[] { false, true })
                {
                    RandomModel sample = new(inputSize, LayerVariants.Create(variant, units, returnSequences));
                    foreach (int steps in new[] { 1, 2, 5, 24 })
                        AssertAgrees(sample, steps, BatchSizes, StableTolerance, $"{variant}, {inputSize} -> {units}");
                }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void RunBatch_LargeWeights_AgreesWithReference(string variant)
    {
        foreach (int units in UnitCounts)
        {
            RandomModel sample = new(new Architecture(7, [LayerVariants.Create(variant, units, returnSequences: true)]), seed: 2, scale: 4);
            AssertAgrees(sample, steps: 4, BatchSizes, LargeWeightsTolerance, $"{variant}, {units} units, large weights");
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void RunBatch_240Steps_AgreesWithReference(string variant)
    {
        foreach (int units in new[] { 20, 33 })
        {
            RandomModel sample = new(14, LayerVariants.Create(variant, units, returnSequences: true));
            AssertAgrees(sample, steps: 240, [1, 3], StableTolerance, $"{variant}, 14 -> {units}");
        }
    }

    [Theory]
    [MemberData(nameof(RolesWithActivations))]
    public void RunBatch_AnyActivation_AgreesWithReference(string role, string activation)
    {
        foreach (int units in new[] { 3, 20, 33 })
        {
            RandomModel sample = new(7, LayerVariants.CreateWithActivation(role, activation, units, returnSequences: true));
            AssertAgrees(sample, steps: 5, [1, 3], StableTolerance, $"{role}, {activation}, {units} units");
        }
    }

    [Fact]
    public void RunBatch_ReversedInTime_AgreesWithReference()
    {
        foreach (int units in UnitCounts)
        {
            Layer[] backwards = [new Reverse(), new Gru(units) { ReturnSequences = true }, new Reverse()];
            foreach (int steps in new[] { 1, 2, 70 })
            {
                AssertAgrees(new RandomModel(7, backwards), steps, BatchSizes, StableTolerance, $"backwards, {units} units");
                AssertAgrees(
                    new RandomModel(7, [.. backwards, new LastStep(), new Dense(3)]), steps, BatchSizes, StableTolerance,
                    $"backwards, last step, {units} units");
            }
        }
    }

    [Fact]
    public void RunBatch_LastStep_IsTheLastRow()
    {
        foreach (int steps in new[] { 1, 5, 200 })
        {
            AssertAgrees(new RandomModel(5, new LastStep()), steps, BatchSizes, StableTolerance, "last step of the input");
            Layer both = new Bidirectional(new Lstm(3) { ReturnSequences = true });
            AssertAgrees(new RandomModel(5, both, new LastStep()), steps, BatchSizes, StableTolerance, "last step of both directions");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RunBatch_Dense_AgreesWithReference(bool timeDistributed)
    {
        foreach (int inputSize in InputSizes)
            foreach (int units in UnitCounts)
                foreach (int outputs in new[] { 1, 5, 17 })
                    foreach (Activation activation in LayerVariants.Elementwise.Append(Activation.Softmax))
                    {
                        RandomModel sample = new(
                            inputSize,
                            new SimpleRnn(units) { ReturnSequences = timeDistributed },
                            new Dropout(0.5f),
                            new Dense(outputs) { Activation = activation });
                        AssertAgrees(sample, steps: 3, [1, 3], StableTolerance, $"dense {inputSize} -> {units} -> {outputs}, {activation}");
                    }
    }

    [Fact]
    public void RunBatch_DenseAlone_AgreesWithReference()
    {
        foreach (int inputSize in InputSizes)
            foreach (int units in UnitCounts)
                AssertAgrees(
                    new RandomModel(inputSize, new Dense(units)), steps: 5, BatchSizes, StableTolerance, $"dense {inputSize} -> {units}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RunBatch_StackOfEveryLayer_AgreesWithReference(bool returnSequences)
    {
        RandomModel sample = new(
            14,
            new Dense(9) { Activation = Activation.Gelu },
            new SimpleRnn(20) { ReturnSequences = true },
            new Dropout(0.2f),
            new Bidirectional(new Gru(17) { ReturnSequences = true }) { Merge = Merge.Concat },
            new OutputRecurrentRnn(12, 6) { ReturnSequences = true },
            new Lstm(33) { ReturnSequences = true, Peepholes = true },
            new Gru(32) { ReturnSequences = returnSequences, ResetAfter = true },
            new Dense(3) { Activation = Activation.Softmax });
        foreach (int steps in new[] { 1, 2, 24, 100 })
            AssertAgrees(sample, steps, BatchSizes, StableTolerance, "stack");
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Run_GivenInitialState_AgreesWithReferenceInOutputAndFinalState(string variant)
    {
        foreach (int units in UnitCounts)
            foreach (bool returnSequences in new[] { false, true })
            {
                RandomModel sample = new(7, LayerVariants.Create(variant, units, returnSequences), new Dense(2));
                AssertAgreesFromGivenState(sample, steps: 5, $"{variant}, {units} units");
            }
    }

    /// <summary>Gates whose fractions have the largest denominators there are.</summary>
    [Theory]
    [MemberData(nameof(OneWayVariants))]
    public void Run_GatesOpenOrShut_AgreesWithReferenceInOutputAndFinalState(string variant)
    {
        foreach ((int pattern, RandomModel sample) in RandomModel.WithGatesOpenOrShut(variant, inputSize: 7, units: 20))
            AssertAgreesFromGivenState(sample, steps: 5, $"{variant}, gates {pattern:B}");
    }

    private static void AssertAgreesFromGivenState(RandomModel sample, int steps, string context)
    {
        float[] input = sample.Inputs(steps);
        RnnState state = new(sample.Architecture);
        sample.Uniform(state.Size, 0.9).CopyTo(state.Values);
        ReferenceRun expected = sample.RunReference(input, state.Values);

        foreach (VectorWidth width in AcceleratedWidths.All)
        {
            using RnnSession session = sample.CreateSession(width);
            session.RestoreState(state);
            float[] output = new float[sample.OutputLength(steps)];
            session.Run(input, output, InitialState.Carried);
            RnnState final = new(sample.Architecture);
            session.SaveState(final);

            Closeness.AssertWithin(StableTolerance, [.. expected.Outputs.SelectMany(row => row)], output, $"{context}, {width}, output");
            Closeness.AssertWithin(StableTolerance, expected.FinalState, final.Values, $"{context}, {width}, final state");
        }
    }

    private static void AssertAgrees(RandomModel sample, int steps, int[] batchSizes, double tolerance, string context)
    {
        int largest = batchSizes.Max();
        float[] inputs = sample.Inputs(steps, largest);
        int inputLength = inputs.Length / largest;
        int outputLength = sample.OutputLength(steps);
        double[][] expected = [.. Enumerable.Range(0, largest)
            .Select(i => sample.RunReference(inputs.AsSpan(i * inputLength, inputLength)).Outputs.SelectMany(row => row).ToArray())];

        foreach (VectorWidth width in AcceleratedWidths.All)
        {
            using RnnSession session = sample.CreateSession(width, largest, steps);
            foreach (int batch in batchSizes)
            {
                float[] outputs = new float[batch * outputLength];
                session.RunBatch(inputs.AsSpan(0, batch * inputLength), batch, outputs);
                for (int i = 0; i < batch; i++)
                {
                    Closeness.AssertWithin(
                        tolerance, expected[i], outputs.AsSpan(i * outputLength, outputLength),
                        $"{context}, {steps} steps, {width}, sequence {i} of {batch}");
                }
            }
        }
    }
}
