namespace NativeRnn.Tests.Reference;

/// <summary>
/// The reference itself against two time steps worked out by hand: one unit, linear candidate, gates 0.2 v + 0.5, so that every
/// number is a short decimal.
/// </summary>
public sealed class ReferenceCellTests
{
    private const double RoundingError = 1e-15;

    [Fact]
    public void SimpleRnn_TwoSteps_GivesHandComputedStates()
    {
        // U 0.5, W -1, b 0.25, x = 1, 2:
        // h1 = 0.5 + 0 + 0.25 = 0.75;  h2 = 1 - 0.75 + 0.25 = 0.5
        SimpleRnn layer = new(1) { Activation = Activation.Linear, ReturnSequences = true };
        Dictionary<string, float[]> weights = new()
        {
            ["simple_rnn.kernel"] = [0.5f],
            ["simple_rnn.recurrent_kernel"] = [-1],
            ["simple_rnn.bias"] = [0.25f],
        };
        AssertRun(layer, weights, [1, 2], initialState: [0], outputs: [[0.75], [0.5]], finalState: [0.5]);
    }

    [Fact]
    public void SimpleRnn_TwoUnits_ReadsRowsAsOutputs()
    {
        // U = (1; 2), W = (0 1; 0.5 0), b = (0; 1), x = 1, 1:
        // h1 = (1, 2 + 1) = (1, 3);  h2 = (1 + 3, 2 + 0.5 + 1) = (4, 3.5)
        SimpleRnn layer = new(2) { Activation = Activation.Relu };
        Dictionary<string, float[]> weights = new()
        {
            ["simple_rnn.kernel"] = [1, 2],
            ["simple_rnn.recurrent_kernel"] = [0, 1, 0.5f, 0],
            ["simple_rnn.bias"] = [0, 1],
        };
        AssertRun(layer, weights, [1, 1], initialState: [0, 0], outputs: [[4, 3.5]], finalState: [4, 3.5]);
    }

    [Fact]
    public void OutputRecurrentRnn_TwoSteps_FeedsTheOutputBack()
    {
        // U 0.5, W 2, b 0.25, V 2, c 0.5, x = 1, 2:
        // h1 = 0.5 + 0.25 = 0.75, o1 = 1.5 + 0.5 = 2;  h2 = 1 + 4 + 0.25 = 5.25, o2 = 10.5 + 0.5 = 11
        OutputRecurrentRnn layer = new(1, 1) { Activation = Activation.Linear, ReturnSequences = true };
        Dictionary<string, float[]> weights = new()
        {
            ["output_recurrent_rnn.kernel"] = [0.5f],
            ["output_recurrent_rnn.recurrent_kernel"] = [2],
            ["output_recurrent_rnn.bias"] = [0.25f],
            ["output_recurrent_rnn.output_kernel"] = [2],
            ["output_recurrent_rnn.output_bias"] = [0.5f],
        };
        AssertRun(layer, weights, [1, 2], initialState: [0], outputs: [[2], [11]], finalState: [11]);
    }

    [Fact]
    public void Gru_ResetBefore_GivesHandComputedStates()
    {
        // h0 = 1, x = 1:     z = 0.2(1 + 0.5) + 0.5 = 0.8;  r = 0.2(-1 + 1 + 0.5) + 0.5 = 0.6;  n = 0.5 + 2(0.6) + 0.25 = 1.95
        //                    h = 0.8 + 0.2(1.95) = 1.19
        //         x = -0.5:  z = 0.2(-0.5 + 0.595) + 0.5 = 0.519;  r = 0.2(0.5 + 1.19 + 0.5) + 0.5 = 0.938
        //                    n = -0.25 + 2(0.938)(1.19) + 0.25 = 2.23244;  h = 0.519(1.19) + 0.481(2.23244) = 1.69141364
        AssertRun(
            HandGru(resetAfter: false),
            GruWeights(resetAfter: false),
            [1, -0.5],
            initialState: [1],
            outputs: [[1.19], [1.69141364]],
            finalState: [1.69141364]);
    }

    [Fact]
    public void Gru_ResetAfter_GivesHandComputedStates()
    {
        // d = (0.5, -0.5, -1)
        // h0 = 1, x = 1:     z = 0.2(1 + 0.5 + 0.5) + 0.5 = 0.9;  r = 0.2(-1 + 1 + 0.5 - 0.5) + 0.5 = 0.5
        //                    n = 0.5 + 0.25 + 0.5(2 - 1) = 1.25;  h = 0.9 + 0.1(1.25) = 1.025
        //         x = -0.5:  z = 0.2(-0.5 + 0.5125 + 0.5) + 0.5 = 0.6025;  r = 0.2(0.5 + 1.025 + 0.5 - 0.5) + 0.5 = 0.805
        //                    n = -0.25 + 0.25 + 0.805(2.05 - 1) = 0.84525;  h = 0.6025(1.025) + 0.3975(0.84525) = 0.953549375
        AssertRun(
            HandGru(resetAfter: true),
            GruWeights(resetAfter: true),
            [1, -0.5],
            initialState: [1],
            outputs: [[1.025], [0.953549375]],
            finalState: [0.953549375]);
    }

    [Fact]
    public void Gru_TextbookSense_SwapsTheRolesOfTheUpdateGate()
    {
        // As in Gru_ResetBefore, first step: h = (1 - z) h' + z n = 0.2 + 0.8(1.95) = 1.76
        ReferenceWeights weights = new(GruWeights(resetAfter: false), "gru.");
        ReferenceGru cell = new(HandGru(resetAfter: false), 1, weights, textbookSense: true) { State = [1] };
        Assert.Equal(1.76, cell.Step([1])[0], RoundingError);
    }

    [Fact]
    public void Lstm_Standard_GivesHandComputedStates()
    {
        // h0 = 1, c0 = 2, x = 1:  i = 0.2(1 + 0.5) + 0.5 = 0.8;  f = 0.2(-1 + 1 + 0.5) + 0.5 = 0.6;  g = 0.5 - 1 + 0.25 = -0.25
        //                         c = 1.2 - 0.2 = 1;  o = 0.2(2 + 0.25 - 1) + 0.5 = 0.75;  h = 0.75
        //         x = -0.5:       i = 0.2(-0.5 + 0.375) + 0.5 = 0.475;  f = 0.2(0.5 + 0.75 + 0.5) + 0.5 = 0.85
        //                         g = -0.25 - 0.75 + 0.25 = -0.75;  c = 0.85 - 0.35625 = 0.49375
        //                         o = 0.2(-1 + 0.1875 - 1) + 0.5 = 0.1375;  h = 0.1375(0.49375) = 0.067890625
        AssertRun(
            HandLstm(),
            LstmWeights(),
            [1, -0.5],
            initialState: [1, 2],
            outputs: [[0.75], [0.067890625]],
            finalState: [0.067890625, 0.49375]);
    }

    [Fact]
    public void Lstm_Peepholes_InputAndForgetSeeOldCellOutputSeesNew()
    {
        // p = (0.25, 0.5, -0.5), h0 = 1, c0 = 2, x = 1:  i = 0.2(1.5 + 0.5) + 0.5 = 0.9;  f = 0.2(0.5 + 1) + 0.5 = 0.8;  g = -0.25
        //     c = 1.6 - 0.225 = 1.375;  o = 0.2(1.25 - 0.6875) + 0.5 = 0.6125;  h = 0.6125(1.375) = 0.8421875
        AssertRun(
            HandLstm() with { Peepholes = true },
            LstmWeights(peepholes: true),
            [1],
            initialState: [1, 2],
            outputs: [[0.8421875]],
            finalState: [0.8421875, 1.375]);
    }

    [Fact]
    public void Lstm_CoupledGates_InputGateIsOneMinusForgetGate()
    {
        // f = 0.6, i = 0.4, g = -0.25, h0 = 1, c0 = 2, x = 1:  c = 1.2 - 0.1 = 1.1;  o = 0.75;  h = 0.825
        AssertRun(
            HandLstm() with { CoupledGates = true },
            LstmWeights(coupled: true),
            [1],
            initialState: [1, 2],
            outputs: [[0.825]],
            finalState: [0.825, 1.1]);
    }

    [Fact]
    public void Lstm_CoupledGatesWithPeepholes_GivesHandComputedState()
    {
        // f = 0.8, i = 0.2, g = -0.25, h0 = 1, c0 = 2, x = 1:  c = 1.6 - 0.05 = 1.55;  o = 0.2(1.25 - 0.775) + 0.5 = 0.595;  h = 0.92225
        AssertRun(
            HandLstm() with { CoupledGates = true, Peepholes = true }, LstmWeights(coupled: true, peepholes: true),
            [1], initialState: [1, 2], outputs: [[0.92225]], finalState: [0.92225, 1.55]);
    }

    [Fact]
    public void Lstm_Tanh_AppliesItToCandidateAndCell()
    {
        // As Lstm_Standard with tanh: c = 0.6(2) + 0.8 tanh(-0.25) = 1.0040650702608163...;  h = 0.75 tanh(c)
        double c = 1.2 + 0.8 * Math.Tanh(-0.25);
        double h = 0.75 * Math.Tanh(c);
        AssertRun(
            HandLstm() with { Activation = Activation.Tanh }, LstmWeights(), [1], initialState: [1, 2], outputs: [[h]], finalState: [h, c]);
    }

    [Theory]
    [InlineData(Merge.Concat, new[] { 4.25, 2 })]
    [InlineData(Merge.Sum, new[] { 6.25 })]
    [InlineData(Merge.Multiply, new[] { 8.5 })]
    [InlineData(Merge.Average, new[] { 3.125 })]
    public void Bidirectional_ManyToOne_JoinsBothFinalStates(Merge merge, double[] expected)
    {
        // x = 1, 2, 3; forward h = x + 0.5 h': 1, 2.5, 4.25; backward h = x - h': 3 (step 3), -1 (step 2), 2 (step 1)
        AssertRun(
            HandBidirectional(merge, returnSequences: false),
            BidirectionalWeights,
            [1, 2, 3],
            initialState: [0, 0],
            outputs: [expected],
            finalState: [4.25, 2]);
    }

    [Fact]
    public void Bidirectional_ManyToMany_JoinsWhatBothSayOfAStep()
    {
        AssertRun(
            HandBidirectional(Merge.Concat, returnSequences: true), BidirectionalWeights,
            [1, 2, 3], initialState: [0, 0], outputs: [[1, 2], [2.5, -1], [4.25, 3]], finalState: [4.25, 2]);
    }

    [Fact]
    public void Bidirectional_InitialState_StartsBackwardAtTheLastStep()
    {
        // forward from 2: 1 + 1 = 2, 2 + 1 = 3, 3 + 1.5 = 4.5; backward from 1: 3 - 1 = 2, 2 - 2 = 0, 1 - 0 = 1
        AssertRun(
            HandBidirectional(Merge.Concat, returnSequences: true), BidirectionalWeights,
            [1, 2, 3], initialState: [2, 1], outputs: [[2, 1], [3, 0], [4.5, 2]], finalState: [4.5, 1]);
    }

    [Fact]
    public void Dense_AfterSequence_AppliesOneMatrixToEveryStep()
    {
        // h = x (no recurrence); y = relu((1, -2) x + (0.5, 1)): x = 1: (1.5, 0 from -1); x = -1: (0 from -0.5, 3); dropout passes on
        SimpleRnn copying = new(1) { Activation = Activation.Linear, ReturnSequences = true };
        Architecture architecture = new(1, [copying, new Dropout(0.5f), new Dense(2) { Activation = Activation.Relu }]);
        Dictionary<string, float[]> weights = new()
        {
            ["simple_rnn.kernel"] = [1],
            ["simple_rnn.recurrent_kernel"] = [0],
            ["simple_rnn.bias"] = [0],
            ["dense.kernel"] = [1, -2],
            ["dense.bias"] = [0.5f, 1],
        };
        ReferenceRun run = ReferenceNetwork.Run(architecture, weights, [[1], [-1]]);
        AssertRows([[1.5, 0], [0, 3]], run.Outputs);
    }

    private static Gru HandGru(bool resetAfter) => new(1)
    {
        Activation = Activation.Linear,
        RecurrentActivation = Activation.HardSigmoidKeras2,
        ResetAfter = resetAfter,
        ReturnSequences = true,
    };

    private static Dictionary<string, float[]> GruWeights(bool resetAfter)
    {
        Dictionary<string, float[]> weights = new()
        {
            ["gru.kernel"] = [1, -1, 0.5f],
            ["gru.recurrent_kernel"] = [0.5f, 1, 2],
            ["gru.bias"] = [0, 0.5f, 0.25f],
        };
        if (resetAfter)
            weights["gru.recurrent_bias"] = [0.5f, -0.5f, -1];
        return weights;
    }

    private static Lstm HandLstm() => new(1)
    {
        Activation = Activation.Linear,
        RecurrentActivation = Activation.HardSigmoidKeras2,
        ReturnSequences = true,
    };

    private static Dictionary<string, float[]> LstmWeights(bool coupled = false, bool peepholes = false)
    {
        int absent = coupled ? 1 : 0;
        Dictionary<string, float[]> weights = new()
        {
            ["lstm.kernel"] = new[] { 1, -1, 0.5f, 2 }[absent..],
            ["lstm.recurrent_kernel"] = new[] { 0.5f, 1, -1, 0.25f }[absent..],
            ["lstm.bias"] = new[] { 0, 0.5f, 0.25f, -1 }[absent..],
        };
        if (peepholes)
            weights["lstm.peephole"] = new[] { 0.25f, 0.5f, -0.5f }[absent..];
        return weights;
    }

    private static Bidirectional HandBidirectional(Merge merge, bool returnSequences)
        => new(new SimpleRnn(1) { Activation = Activation.Linear, ReturnSequences = returnSequences }) { Merge = merge };

    private static Dictionary<string, float[]> BidirectionalWeights => new()
    {
        ["bidirectional.forward.kernel"] = [1],
        ["bidirectional.forward.recurrent_kernel"] = [0.5f],
        ["bidirectional.forward.bias"] = [0],
        ["bidirectional.backward.kernel"] = [1],
        ["bidirectional.backward.recurrent_kernel"] = [-1],
        ["bidirectional.backward.bias"] = [0],
    };

    private static void AssertRun(
        Layer layer, Dictionary<string, float[]> weights, double[] inputs, double[] initialState, double[][] outputs, double[] finalState)
    {
        ReferenceRun run = ReferenceNetwork.Run(new Architecture(1, [layer]), weights, [.. inputs.Select(x => new[] { x })], initialState);
        AssertRows(outputs, run.Outputs);
        AssertRows([finalState], [run.FinalState]);
    }

    private static void AssertRows(double[][] expected, double[][] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int row = 0; row < expected.Length; row++)
        {
            Assert.Equal(expected[row].Length, actual[row].Length);
            for (int i = 0; i < expected[row].Length; i++)
                Assert.Equal(expected[row][i], actual[row][i], RoundingError * Math.Max(1, Math.Abs(expected[row][i])));
        }
    }
}
