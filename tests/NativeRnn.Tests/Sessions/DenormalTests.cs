using NativeRnn.Tests.Samples;

namespace NativeRnn.Tests.Sessions;

/// <summary>
/// A state that decays to zero must not stay among the subnormal numbers, with which many processors compute far more slowly. Left alone it
/// would for ever: a factor of 0.99 rounds fifty of the smallest steps to fifty again. Near 2^-63 in magnitude a state value is set to zero.
/// </summary>
public sealed class DenormalTests
{
    private const int Units = 3;

    /// <summary>What a state keeps of itself from one step to the next.</summary>
    private const double Decay = 0.99;

    /// <summary>2^-63.</summary>
    private const float SmallestState = 1.08420217e-19f;

    /// <summary>
    /// Each step's factor is off by up to 4 ulp: 3 of the gate and 1 of the product. After n steps that is 4 n ulp of Decay^n, which is largest at
    /// n = 1 / (1 - Decay).
    /// </summary>
    private const double Tolerance = 4 * 1.2e-7 / (1 - Decay) / Math.E;

    public static TheoryData<string> Variants => LayerVariants.OneWayNames;

    [Theory]
    [MemberData(nameof(Variants))]
    public void Step_Decay_EndsAtZeroWithoutASubnormal(string variant) => AssertEndsAtZero(variant, Decay, steps: 10_000, checkEvery: 7);

    /// <summary>Slower: 0.9999^n is below the bound after 437,000 steps and would be subnormal after 874,000.</summary>
    [Theory]
    [InlineData("simple_rnn relu")]
    [InlineData("lstm")]
    public void Step_MillionStepsOfSlowDecay_EndsAtZeroWithoutASubnormal(string variant)
        => AssertEndsAtZero(variant, decay: 0.9999, steps: 1_000_000, checkEvery: 997);

    /// <summary>A clipped gate lets go so fast that the reference itself ends at zero.</summary>
    public static TheoryData<string> VariantsThatKeep => [.. LayerVariants.OneWayNames.Select(row => row.Data)
        .Where(name => !name.StartsWith("lstm", StringComparison.Ordinal) || !name.Contains("clip", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(VariantsThatKeep))]
    public void Run_Decay_AgreesWithReferenceAtEveryWidth(string variant)
    {
        // To 1e-22, through the bound.
        const int Steps = 5000;
        RandomModel sample = Decaying(variant, Decay);
        RnnState start = StartState(sample);
        float[] input = new float[Steps];
        double[] expected = [.. sample.RunReference(input, start.Values).Outputs.SelectMany(row => row)];
        Assert.Contains(expected[^sample.Architecture.OutputSize..], value => value is not 0 and > -SmallestState and < SmallestState);
        float[]? scalar = null;
        foreach (VectorWidth width in AcceleratedWidths.All)
        {
            using RnnSession session = sample.CreateSession(width);
            session.RestoreState(start);
            float[] output = new float[expected.Length];
            session.Run(input, output, InitialState.Carried);
            Closeness.AssertWithin(Tolerance, expected, output, $"{variant}, {width}");
            Bits.AssertEqual(scalar ??= output, output, $"{variant}, {width} against scalar");
        }
    }

    /// <summary>Every pattern of gates that are open or shut as far as a float32 can tell, beside candidates of either sign.</summary>
    [Theory]
    [MemberData(nameof(Variants))]
    public void Step_GatesOpenOrShut_LeavesNoSubnormal(string variant)
    {
        foreach ((int pattern, RandomModel sample) in RandomModel.WithGatesOpenOrShut(variant, inputSize: 1, Units))
        {
            using RnnSession session = sample.CreateSession();
            RnnState state = new(sample.Architecture);
            for (int step = 1; step <= 4; step++)
            {
                session.Step([0.5f], new float[sample.Architecture.OutputSize]);
                session.SaveState(state);
                foreach (float value in state.Values)
                    Assert.True(value == 0 || float.IsNormal(value), $"{variant}, gates {pattern:B}, step {step}: {value:R}");
            }
        }
    }

    [Fact]
    public void Step_StateAroundTheBound_IsZeroBelowItAlone()
    {
        RandomModel sample = new(1, new SimpleRnn(1) { Activation = Activation.Linear });
        RnnModel model = new(sample.Architecture, new Dictionary<string, float[]>
        {
            ["simple_rnn.kernel"] = [0],
            ["simple_rnn.recurrent_kernel"] = [1],
            ["simple_rnn.bias"] = [0],
        });
        (float Before, float After)[] cases =
        [
            (SmallestState, SmallestState),
            (-SmallestState, -SmallestState),
            (MathF.BitDecrement(SmallestState), 0),
            (MathF.BitIncrement(-SmallestState), 0),
            (float.Epsilon, 0),
            (-float.Epsilon, 0),
            (1.5f, 1.5f),
            (float.MaxValue, float.MaxValue),
            (float.NegativeInfinity, float.NegativeInfinity),
            (float.NaN, float.NaN),
        ];
        RnnState state = new(sample.Architecture);
        float[] output = new float[1];
        foreach (VectorWidth width in AcceleratedWidths.All)
        {
            using RnnSession session = model.CreateSession(new SessionOptions { VectorWidth = width });
            foreach ((float before, float after) in cases)
            {
                state.Values[0] = before;
                session.RestoreState(state);
                session.Step([0], output);
                session.SaveState(state);
                Assert.Equal(after, output[0]);
                Assert.Equal(after, state.Values[0]);
            }
        }
    }

    /// <summary>A tiny cell state is no reason to set an output to zero whose activation is a half there; the output gate is a half too.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Step_OutputActivationThatIsNotZeroAtZero_KeepsTheOutput(bool isCoupled)
    {
        Architecture architecture = new(1, [new Lstm(3) { CoupledGates = isCoupled, OutputActivation = Activation.Sigmoid }]);
        RnnModel model = new(architecture, architecture.Parameters.ToDictionary(parameter => parameter.Name, parameter => new float[parameter.Count]));
        float[] output = new float[3];
        foreach (VectorWidth width in AcceleratedWidths.All)
        {
            using RnnSession session = model.CreateSession(new SessionOptions { VectorWidth = width });
            session.Step([1], output);
            Assert.All(output, value => Assert.Equal(0.25f, value));
        }
    }

    /// <summary>The state's gates are at least a half here, so that what they leave of the smallest numerator is at least half of it.</summary>
    private static void AssertEndsAtZero(string variant, double decay, int steps, int checkEvery)
    {
        RandomModel sample = Decaying(variant, decay);
        using RnnSession session = sample.CreateSession();
        RnnState state = StartState(sample);
        session.RestoreState(state);
        float[] input = new float[1];
        float[] output = new float[sample.Architecture.OutputSize];
        for (int step = 1; step <= steps; step++)
        {
            session.Step(input, output);
            if (step % checkEvery != 0)
                continue;
            session.SaveState(state);
            foreach (float value in state.Values)
                Assert.True(value == 0 || MathF.Abs(value) >= SmallestState / 2, $"{variant}, step {step}: {value:R}");
        }

        session.SaveState(state);
        Assert.All(state.Values.ToArray(), value => Assert.Equal(0, value));
    }

    /// <summary>A cell that multiplies its state by about <paramref name="decay"/> in each step while the input is zero.</summary>
    private static RandomModel Decaying(string variant, double decay)
    {
        Layer layer = LayerVariants.Create(variant, Units, returnSequences: true);
        return new RandomModel(new Architecture(1, [layer]), scale: 0.1, change: weights =>
        {
            float keep = (float)Math.Log(decay / (1 - decay));
            Span<float> bias = weights[$"{layer.Kind}.bias"];
            bias.Clear();
            switch (layer)
            {
                case Gru or Lstm { CoupledGates: true }:
                    bias[..Units].Fill(keep);
                    break;
                case Lstm:
                    bias[..Units].Fill(-keep);
                    bias[Units..(2 * Units)].Fill(keep);
                    break;
                default:
                    // No gate to keep the state: the matrices that it passes through do.
                    SetDiagonal(weights[$"{layer.Kind}.recurrent_kernel"], layer.OutputSize(1), (float)decay);
                    break;
            }

            if (weights.TryGetValue("gru.recurrent_bias", out float[]? recurrentBias))
                recurrentBias.AsSpan().Clear();
            if (layer is OutputRecurrentRnn { Outputs: int outputs })
            {
                SetDiagonal(weights["output_recurrent_rnn.output_kernel"], Units, 1);
                weights["output_recurrent_rnn.output_bias"].AsSpan(0, outputs).Clear();
            }
        });
    }

    private static void SetDiagonal(float[] matrix, int columns, float value)
    {
        Array.Clear(matrix);
        for (int row = 0; row < Math.Min(columns, matrix.Length / columns); row++)
            matrix[row * columns + row] = value;
    }

    private static RnnState StartState(RandomModel sample)
    {
        RnnState state = new(sample.Architecture);
        state.Values.Fill(1);
        return state;
    }
}
