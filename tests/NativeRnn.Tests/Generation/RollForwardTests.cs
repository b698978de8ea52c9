using NativeRnn.Tests.Samples;

namespace NativeRnn.Tests.Generation;

public sealed class RollForwardTests
{
    private static readonly RandomModel Sample = new(2, new Lstm(6) { ReturnSequences = true }, new Dense(2));

    [Fact]
    public void Run_ThreeStepsOn_AreTheReferencesOutputsOfItsOwnOutputs()
    {
        float[] sequence = Sample.Inputs(4);
        float[] rolled = new float[6];
        using RnnSession session = Sample.CreateSession();

        RollForward.Run(session, sequence, rolled);

        double[][] outputs = Sample.RunReference([.. sequence, .. rolled[..4]]).Outputs;
        for (int i = 0; i < rolled.Length; i++)
            Assert.Equal(outputs[3 + i / 2][i % 2], rolled[i], 1e-6);
        Assert.Equal(rolled, RollForward.Run(session, sequence).Take(3).SelectMany(row => row.ToArray()));
    }

    [Fact]
    public void Run_AfterWarmUp_AllocatesNothing()
    {
        float[] sequence = Sample.Inputs(4);
        float[] rolled = new float[40];
        using RnnSession session = Sample.CreateSession();
        for (int i = 0; i < 3; i++)
            RollForward.Run(session, sequence, rolled);

        Assert.Equal(0, Allocated.By(() => RollForward.Run(session, sequence, rolled)));
    }

    [Fact]
    public void Run_SizesThatDoNotFit_AreRefused()
    {
        using RnnSession session = Sample.CreateSession();
        Assert.Throws<ArgumentException>(() => RollForward.Run(session, [1, 2, 3], new float[2]));
        Assert.Throws<ArgumentException>(() => RollForward.Run(session, [1, 2], new float[3]));
        using RnnSession other = new RandomModel(2, new Gru(3)).CreateSession();
        Assert.Throws<ArgumentException>(() => RollForward.Run(other, [1, 2], new float[2]));
    }
}
