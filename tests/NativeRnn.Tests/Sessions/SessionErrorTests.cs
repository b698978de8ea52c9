using NativeRnn.Tests.Samples;

namespace NativeRnn.Tests.Sessions;

public sealed class SessionErrorTests
{
    private const int InputSize = 7;

    [Theory]
    [InlineData(36, 10, new[] { "36", "7" })]
    [InlineData(35, 9, new[] { "9", "10" })]
    [InlineData(35, 11, new[] { "11", "10" })]
    [InlineData(35, 2, new[] { "2", "10" })]
    public void Run_WrongSize_NamesActualAndExpected(int inputLength, int outputLength, string[] numbers)
    {
        using RnnSession session = Sequences().CreateSession();
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => session.Run(new float[inputLength], new float[outputLength]));
        AssertNames(error, numbers);
    }

    [Fact]
    public void Run_NoSteps_IsRefused()
    {
        using RnnSession session = Sequences().CreateSession();
        Assert.ThrowsAny<ArgumentException>(() => session.Run(ReadOnlySpan<float>.Empty, []));
    }

    [Fact]
    public void Run_TableOfOtherWidth_NamesActualAndExpected()
    {
        using RnnSession session = Sequences().CreateSession();
        float[,] table = new float[5, 6];
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(
            () => session.Run(new CommunityToolkit.HighPerformance.ReadOnlySpan2D<float>(table), new float[10]));
        AssertNames(error, "6", "7");
    }

    [Theory]
    [InlineData(8, 2, new[] { "8", "7" })]
    [InlineData(7, 3, new[] { "3", "2" })]
    [InlineData(7, 1, new[] { "1", "2" })]
    public void Step_WrongSize_NamesActualAndExpected(int inputLength, int outputLength, string[] numbers)
    {
        using RnnSession session = Sequences().CreateSession();
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => session.Step(new float[inputLength], new float[outputLength]));
        AssertNames(error, numbers);
    }

    [Theory]
    [InlineData(5, 5 * 7 * 3, 5 * 2 * 3, new[] { "5", "4" })]
    [InlineData(3, 100, 30, new[] { "100", "3", "7" })]
    [InlineData(3, 5 * 7 * 3, 29, new[] { "29", "30" })]
    [InlineData(0, 0, 0, new[] { "0" })]
    [InlineData(-1, 35, 10, new[] { "-1" })]
    public void RunBatch_WrongSize_NamesActualAndExpected(int batch, int inputLength, int outputLength, string[] numbers)
    {
        using RnnSession session = Sequences().CreateSession(maxBatch: 4);
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(
            () => session.RunBatch(new float[inputLength], batch, new float[outputLength]));
        AssertNames(error, numbers);
    }

    [Fact]
    public void Run_WrongSize_LeavesTheStateAlone()
    {
        RandomModel sample = Sequences();
        using RnnSession session = sample.CreateSession();
        session.Run(sample.Inputs(5), new float[10]);
        RnnState before = new(sample.Architecture);
        session.SaveState(before);

        Assert.ThrowsAny<ArgumentException>(() => session.Run(new float[35], new float[9]));
        Assert.ThrowsAny<ArgumentException>(() => session.Step(new float[7], new float[1]));
        RnnState after = new(sample.Architecture);
        session.SaveState(after);
        Bits.AssertEqual(before.Values, after.Values, "state");
    }

    [Fact]
    public void Run_BidirectionalLongerThanMaxSteps_NamesMaxSteps()
    {
        RandomModel sample = Bidirectional();
        using RnnSession session = sample.CreateSession(maxSteps: 10);
        session.Run(sample.Inputs(10), new float[2]);
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => session.Run(new float[11 * InputSize], new float[2]));
        AssertNames(error, nameof(SessionOptions.MaxSteps), "11", "10");
    }

    [Fact]
    public void Run_OneWayLongerThanMaxSteps_IsAccepted()
    {
        RandomModel sample = new(InputSize, new Gru(5), new Dense(2));
        float[] input = sample.Inputs(300);
        using RnnSession session = sample.CreateSession(maxSteps: 10);
        float[] output = new float[2];
        session.Run(input, output);
        Bits.AssertEqual(sample.Run(input), output, "300 steps with MaxSteps 10");
    }

    [Fact]
    public void Step_Bidirectional_IsNotSupportedAndNamesTheLayer()
    {
        using RnnSession session = Bidirectional().CreateSession();
        NotSupportedException error = Assert.Throws<NotSupportedException>(() => session.Step(new float[InputSize], new float[2]));
        AssertNames(error, "bidirectional");
    }

    [Fact]
    public void Step_SecondBidirectional_NamesTheFirst()
    {
        RandomModel sample = new(
            InputSize,
            new Gru(3) { ReturnSequences = true },
            new Bidirectional(new Gru(3) { ReturnSequences = true }),
            new Bidirectional(new Gru(3)));
        Assert.Equal("bidirectional", sample.Architecture.BackwardLayer?.Name);
        using RnnSession session = sample.CreateSession();
        AssertNames(Assert.Throws<NotSupportedException>(() => session.Step(new float[InputSize], new float[6])), "bidirectional");
    }

    [Fact]
    public void Run_BidirectionalCarried_IsNotSupportedAndNamesTheLayer()
    {
        using RnnSession session = Bidirectional().CreateSession(maxBatch: 2);
        AssertNames(
            Assert.Throws<NotSupportedException>(() => session.Run(new float[5 * InputSize], new float[2], InitialState.Carried)),
            "bidirectional");
        AssertNames(
            Assert.Throws<NotSupportedException>(() => session.RunBatch(new float[10 * InputSize], 2, new float[4], InitialState.Carried)),
            "bidirectional");

        session.Run(new float[5 * InputSize], new float[2]);
        AssertNames(
            Assert.Throws<NotSupportedException>(() => session.Run(new float[5 * InputSize], new float[2], InitialState.Carried)),
            "bidirectional");
    }

    [Fact]
    public void AnyMember_AfterDispose_ThrowsObjectDisposed()
    {
        RandomModel sample = Sequences();
        RnnSession session = sample.CreateSession();
        session.Dispose();
        session.Dispose();
        RnnState state = new(sample.Architecture);
        Assert.Throws<ObjectDisposedException>(() => session.Run(new float[35], new float[10]));
        Assert.Throws<ObjectDisposedException>(
            () => session.Run(new CommunityToolkit.HighPerformance.ReadOnlySpan2D<float>(new float[5, 7]), new float[10]));
        Assert.Throws<ObjectDisposedException>(() => session.RunBatch(new float[35], 1, new float[10]));
        Assert.Throws<ObjectDisposedException>(() => session.Step(new float[7], new float[2]));
        Assert.Throws<ObjectDisposedException>(session.Reset);
        Assert.Throws<ObjectDisposedException>(() => session.SaveState(state));
        Assert.Throws<ObjectDisposedException>(() => session.RestoreState(state));
    }

    [Fact]
    public void Dispose_OneSession_LeavesOthersOfTheModelRunning()
    {
        RandomModel sample = Sequences();
        float[] input = sample.Inputs(5);
        float[] expected = sample.Run(input);
        using RnnSession other = sample.CreateSession();
        sample.CreateSession().Dispose();
        float[] output = new float[10];
        other.Run(input, output);
        Bits.AssertEqual(expected, output, "after another session's end");
    }

    [Theory]
    [InlineData(0, 10, 1, nameof(SessionOptions.MaxBatch))]
    [InlineData(-1, 10, 1, nameof(SessionOptions.MaxBatch))]
    [InlineData(1, 0, 1, nameof(SessionOptions.MaxSteps))]
    [InlineData(1, -3, 1, nameof(SessionOptions.MaxSteps))]
    [InlineData(4, 10, 0, nameof(SessionOptions.Threads))]
    [InlineData(4, 10, -2, nameof(SessionOptions.Threads))]
    public void CreateSession_OptionsOutOfRange_AreRefused(int maxBatch, int maxSteps, int threads, string option)
        => AssertNames(
            Assert.Throws<ArgumentOutOfRangeException>(
                () => Sequences().CreateSession(maxBatch: maxBatch, maxSteps: maxSteps, threads: threads)),
            option);

    [Fact]
    public void CreateSession_UnknownWidth_IsRefused()
        => Assert.Throws<NotSupportedException>(() => Sequences().CreateSession((VectorWidth)99));

    private static RandomModel Sequences() => new(InputSize, new Gru(5) { ReturnSequences = true }, new Dense(2));

    private static RandomModel Bidirectional() => new(InputSize, new Bidirectional(new Gru(5)), new Dense(2));

    private static void AssertNames(Exception error, params string[] words)
        => Assert.All(words, word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
}
