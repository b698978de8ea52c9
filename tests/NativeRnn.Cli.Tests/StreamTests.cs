using System.Diagnostics;

namespace NativeRnn.Cli.Tests;

public sealed class StreamTests : IDisposable
{
    private const string Header = "date,temp_max,wind\n";

    private readonly TestFolder _folder = new();

    [Fact]
    public void Stream_PlainNumbers_CarriesTheState()
    {
        CommandLineResult result = CommandLineProcess.RunWithInput("a,b\n1,2\n3,4\n\n5,6\n", "stream", _folder.Save(TestFolder.ManyToOne()));

        Assert.Equal((0, "2\n5.5\n9.375\n", ""), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public void Stream_Window_RunsTheLastRowsAfresh()
    {
        CommandLineResult result = CommandLineProcess.RunWithInput("1,2\n3,4\n5,6\n1,2\n3,4\n5,6\n", "stream", _folder.Save(TestFolder.ManyToOne()), "--window", "2");

        Assert.Equal((0, "\n5.5\n9.25\n4\n5.5\n9.25\n"), (result.ExitCode, result.Output));
        Assert.Equal("note: warming up: the first output comes with row 2\n", result.Error);
    }

    [Fact]
    public void Stream_Recipe_AgreesWithForecast()
    {
        const string Rows = "2020-02-27,14,2\n2020-02-28,10,4\n2020-02-29,18,3\n";
        CommandLineResult result = CommandLineProcess.RunWithInput(Header + Rows, "stream", _folder.Save(TestFolder.Forecasting()));

        Assert.Equal((0, "2020-02-28,\n2020-02-29,\n2020-03-01,35.5\n"), (result.ExitCode, result.Output));
    }

    [Theory]
    [InlineData("stop", 1, "2\n", "error: standard input, row 2, column 2: the value is missing, expected a number\n")]
    [InlineData("skip", 0, "2\n\n8.5\n", "note: standard input, row 2, column 2: the value is missing, expected a number; skipped\n")]
    [InlineData("hold", 0, "2\n4.5\n9.125\n", "note: standard input, row 2, column 2: the value is missing, expected a number; the last value is held\n")]
    public void Stream_MissingValue_DoesAsTheOptionSays(string option, int code, string output, string error)
    {
        CommandLineResult result = CommandLineProcess.RunWithInput("1,2\n3,\n5,6\n", "stream", _folder.Save(TestFolder.ManyToOne()), "--on-missing", option);

        Assert.Equal((code, output, error), (result.ExitCode, result.Output, result.Error));
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("inf")]
    [InlineData("-Infinity")]
    [InlineData("1e39")]
    public void Stream_NoFiniteNumber_IsMalformed(string value)
    {
        string model = _folder.Save(TestFolder.ManyToOne());
        string input = $"1,2\n3,{value}\n5,6\n";

        CommandLineResult stopped = CommandLineProcess.RunWithInput(input, "stream", model, "--state", _folder.PathOf("s"));
        CommandLineResult skipped = CommandLineProcess.RunWithInput(input, "stream", model, "--on-missing", "skip");
        CommandLineResult goneOn = CommandLineProcess.RunWithInput("5,6\n", "stream", model, "--state", _folder.PathOf("s"));

        Assert.Equal((1, "2\n"), (stopped.ExitCode, stopped.Output));
        Assert.StartsWith("error: standard input, row 2, column 2: found '", stopped.Error);
        Assert.Equal((0, "2\n\n8.5\n"), (skipped.ExitCode, skipped.Output));
        Assert.Equal((0, "8.5\n"), (goneOn.ExitCode, goneOn.Output));
    }

    /// <summary>Finite inputs can add up to an infinity, from which a carried state never recovers.</summary>
    [Fact]
    public void Stream_NumbersTooLargeForTheNetwork_StopItBeforeTheStateIsSpoilt()
    {
        // The output stays at 1 while h overflows: only the state tells.
        RnnModel saturating = new ModelBuilder(inputSize: 1).SimpleRnn(1, Activation.Linear).Dense(1, Activation.Sigmoid).Build(new Dictionary<string, float[]>
        {
            ["simple_rnn.kernel"] = [3],
            ["simple_rnn.recurrent_kernel"] = [1],
            ["simple_rnn.bias"] = [0],
            ["dense.kernel"] = [1],
            ["dense.bias"] = [0],
        });
        string state = _folder.PathOf("s");

        CommandLineResult output = CommandLineProcess.RunWithInput("1,2\n3e38,3e38\n5,6\n", "stream", _folder.Save(TestFolder.ManyToOne()), "--state", _folder.PathOf("t"));
        CommandLineResult hidden = CommandLineProcess.RunWithInput("1\n3e38\n5\n", "stream", _folder.Save(saturating, "saturating.nrnn"), "--state", state);

        Assert.Equal((1, "2\n", "error: standard input, row 2: the network's output for this row is not a finite number\n"), (output.ExitCode, output.Output, output.Error));
        Assert.Equal(1, hidden.ExitCode);
        Assert.StartsWith($"error: {state}: the state after row 2 holds numbers that are not finite", hidden.Error);
        Assert.Equal([3f], RnnState.Load(state, saturating, out _).Values.ToArray());
    }

    [Theory]
    [InlineData("skip", "2020-03-03,\n", "warming up anew")]
    [InlineData("hold", "", "the last row is held 1 time\n")]
    public void Stream_GapInTime_WarmsUpAnewOrHolds(string option, string lastLine, string note)
    {
        // Held over the first of March, the window's features are (2, 0.5), (2, 0.5), (1.5, 0).
        const string Rows = "2020-02-27,14,2\n2020-02-28,10,4\n2020-02-29,18,3\n2020-03-02,16,2\n";
        CommandLineResult result = CommandLineProcess.RunWithInput(Header + Rows, "stream", _folder.Save(TestFolder.Forecasting()), "--on-missing", option);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains(note, result.Error);
        if (option == "skip")
            Assert.EndsWith(lastLine, result.Output);
        else
            Assert.Equal(Held(), double.Parse(result.Output.TrimEnd().Split(',')[^1], System.Globalization.CultureInfo.InvariantCulture), 1e-5);

        static double Held()
        {
            double h = 2 + 0.5 * 0.5;
            h = 2.25 + 0.25 * h;
            h = 1.5 + 0.25 * h;
            return h * 8 + 16;
        }
    }

    [Theory]
    [InlineData("none")]
    [InlineData("4")]
    public void Stream_CutInPieces_GivesTheOutputsOfOneRun(string window)
    {
        Random random = new(3);
        string[] rows = [.. Enumerable.Range(0, 60).Select(_ => FormattableString.Invariant($"{random.NextSingle()},{random.NextSingle()}\n"))];
        string model = _folder.Save(TestFolder.ManyToOne());
        string whole = CommandLineProcess.RunWithInput(string.Concat(rows), "stream", model, "--window", window).Output;

        string pieces = "";
        foreach ((int start, int end) in ((int, int)[])[(0, 2), (2, 3), (3, 40), (40, 60)])
            pieces += CommandLineProcess.RunWithInput(string.Concat(rows[start..end]), "stream", model, "--window", window, "--state", _folder.PathOf("s")).Output;

        Assert.Equal(whole, pieces);
        Assert.Equal(["model.nrnn", "s"], _folder.Files());
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("KILL")]
    public void Stream_Signal_LeavesTheStateOfTheLastLine(string signal)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs kill");
        string model = _folder.Save(TestFolder.ManyToOne());
        string state = _folder.PathOf("s");
        string[] rows = [.. Enumerable.Range(0, 40).Select(i => FormattableString.Invariant($"{i},{i % 7}"))];
        string whole = CommandLineProcess.RunWithInput(string.Join('\n', rows) + "\n", "stream", model).Output;
        string outputs = "";
        for (int piece = 0; piece < 4; piece++)
        {
            using Process process = CommandLineProcess.Start("stream", model, "--state", state, "--save-every", signal == "KILL" ? "1" : "1000");
            for (int row = 10 * piece; row < 10 * piece + 10; row++)
            {
                process.StandardInput.Write(rows[row] + "\n");
                process.StandardInput.Flush();
                outputs += process.StandardOutput.ReadLine() + "\n";
            }

            // The line is out before the state is in its place.
            if (signal == "KILL")
                WaitForRows(state, 10 * piece + 10);
            Process.Start("kill", ["-" + signal, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]).WaitForExit();
            Assert.True(process.WaitForExit(CommandLineProcess.Patience));
            Assert.NotEqual(0, process.ExitCode);
        }

        Assert.Equal(whole, outputs);
    }

    [Fact]
    public void Stream_StateOfAnotherModelOrDamaged_IsRefused()
    {
        string state = _folder.PathOf("s");
        CommandLineProcess.RunWithInput("1,2\n", "stream", _folder.Save(TestFolder.ManyToOne()), "--state", state);
        string other = _folder.Save(TestFolder.ManyToOne(returnSequences: true), "other.nrnn");

        CommandLineResult ofAnother = CommandLineProcess.RunWithInput("1,2\n", "stream", other, "--state", state);
        byte[] bytes = File.ReadAllBytes(state);
        for (int i = 0; i < bytes.Length; i += 9)
        {
            byte[] damaged = [.. bytes];
            damaged[i] ^= 4;
            Assert.Throws<StateFormatException>(() => RnnState.Parse(TestFolder.ManyToOne(), damaged, out _));
            Assert.Throws<StateFormatException>(() => RnnState.Parse(TestFolder.ManyToOne(), bytes.AsSpan(0, i), out _));
        }

        File.WriteAllBytes(state, bytes[..^1]);
        CommandLineResult cut = CommandLineProcess.RunWithInput("1,2\n", "stream", _folder.PathOf("model.nrnn"), "--state", state);
        Assert.Equal((1, "", 1, ""), (ofAnother.ExitCode, ofAnother.Output, cut.ExitCode, cut.Output));
        Assert.StartsWith($"error: {state}: the state is of another model", ofAnother.Error);
        Assert.StartsWith($"error: {state}: {bytes.Length} bytes expected", cut.Error);
        Assert.Equal(bytes[..^1], File.ReadAllBytes(state));
    }

    public void Dispose() => _folder.Dispose();

    private static void WaitForRows(string state, long rows)
    {
        Stopwatch watch = Stopwatch.StartNew();
        do
        {
            RnnState.Load(state, TestFolder.ManyToOne(), out byte[] attachment);
            if (BitConverter.ToInt64(attachment, 16) == rows)
                return;
            Thread.Sleep(5);
        }
        while (watch.Elapsed < CommandLineProcess.Patience);
        Assert.Fail("The state was not saved.");
    }
}
