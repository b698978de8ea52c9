using NativeRnn.Tests.Reference;
using NativeRnn.Tests.Samples;

namespace NativeRnn.Tests.Models;

/// <summary>The five shapes of the textbook's figure, each as the README says it is done, against the reference.</summary>
public sealed class FiveShapesTests
{
    private const double Tolerance = 1e-6;

    [Fact]
    public void OneToOne_DenseLayers_GiveOneOutputForOneInput()
    {
        RandomModel sample = new(new ModelBuilder(3).Dense(5, Activation.Tanh).Dense(2).Build());
        float[] input = sample.Inputs(1);
        float[] output = new float[2];
        using RnnSession session = sample.CreateSession();
        session.Step(input, output);
        Closeness.AssertWithin(Tolerance, sample.RunReference(input).Outputs[0], output, "output");
        session.Step(sample.Inputs(1), new float[2]);
        session.Step(input, output);
        Closeness.AssertWithin(Tolerance, sample.RunReference(input).Outputs[0], output, "the same after another");
    }

    [Fact]
    public void OneToMany_RolledForward_EachOutputIsTheNextInput()
    {
        RandomModel sample = new(new ModelBuilder(2).Gru(6, returnSequences: true).Dense(2).Build());
        float[] input = sample.Inputs(1);
        float[] outputs = new float[4 * 2];
        using RnnSession session = sample.CreateSession();
        RollForward.Run(session, input, outputs);
        double[][] expected = sample.RunReference([.. input, .. outputs[..6]]).Outputs;
        Closeness.AssertWithin(Tolerance, [.. expected.SelectMany(row => row)], outputs, "outputs");
    }

    [Fact]
    public void ManyToOne_LastState_GivesOneOutputForASequence()
    {
        RandomModel sample = new(new ModelBuilder(3).Gru(6).Dense(2).Build());
        float[] input = sample.Inputs(7);
        Closeness.AssertWithin(Tolerance, Assert.Single(sample.RunReference(input).Outputs), sample.Run(input), "output");
    }

    [Fact]
    public void ManyToMany_EveryState_GivesAnOutputAtEveryStep()
    {
        RandomModel sample = new(new ModelBuilder(3).Gru(6, returnSequences: true).Dense(2).Build());
        float[] input = sample.Inputs(7);
        double[][] expected = sample.RunReference(input).Outputs;
        Assert.Equal(7, expected.Length);
        Closeness.AssertWithin(Tolerance, [.. expected.SelectMany(row => row)], sample.Run(input), "outputs");
    }

    [Fact]
    public void DelayedManyToMany_Decoder_WritesASequenceOfItsOwnLength()
    {
        RandomModel sample = new(new ModelBuilder(3).Gru(6).Decoder(2).Gru(6, returnSequences: true).Dense(2).Build());
        float[] input = sample.Inputs(7);
        float[] outputs = new float[4 * 2];
        using RnnSession session = sample.CreateSession();
        session.Run(input, outputs);
        double[][] read = [[0, 0], .. outputs[..6].Select(value => (double)value).Chunk(2)];
        double[][] expected = ReferenceNetwork.Run(sample.Architecture.Decoder!, sample.Weights, read, sample.RunReference(input).FinalState).Outputs;
        Closeness.AssertWithin(Tolerance, [.. expected.SelectMany(row => row)], outputs, "outputs");
    }
}
