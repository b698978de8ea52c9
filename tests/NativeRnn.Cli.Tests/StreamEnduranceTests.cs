using System.Diagnostics;
using System.Globalization;
using System.Text;
using NativeRnn.Data;
using NativeRnn.Tests;

namespace NativeRnn.Cli.Tests;

/// <summary>A stream that runs for ever: killed at any moment, a million rows long, without garbage.</summary>
public sealed class StreamEnduranceTests : IDisposable
{
    private const int Features = 2;

    private readonly TestFolder _folder = new();

    [Theory]
    [InlineData("none")]
    [InlineData("8")]
    public void Stream_KilledAgainAndAgain_GoesOnBitForBit(string window)
    {
        int kills = CommandLineProcess.IsPublished ? 60 : 8;
        const int RowsAtATime = 300;
        Random random = new(7);
        RnnModel gru = Gru(random);
        string model = _folder.Save(gru);
        string state = _folder.PathOf("s");
        string[] rows = [.. Enumerable.Range(0, kills * RowsAtATime).Select(_ => Row(random))];
        string[] expected = Lines(CommandLineProcess.RunWithInput(string.Concat(rows), "stream", model, "--window", window).Output);

        int done = 0;
        for (int kill = 0; kill < kills; kill++)
        {
            using Process process = CommandLineProcess.Start("stream", model, "--window", window, "--state", state);
            int expectedRows = done + 1;
            (string[] lines, string notes) = Kill(process, rows[done..(done + RowsAtATime)], () => WaitForRows(expectedRows, random.Next(25)));

            // At the kill one line at most was out whose row was not yet saved.
            Assert.Equal(expected[done..(done + lines.Length)], lines);
            int saved = SavedRows();
            Assert.InRange(saved, done + lines.Length - 1, done + lines.Length);
            if (done > 0)
                Assert.StartsWith($"note: {state}: going on after row {done} of the stream\n", notes);
            done = saved;
        }

        // Of all those kills one temporary file is left at most.
        Assert.Empty(_folder.Files().Except(["model.nrnn", "s", "s.tmp"]));

        int SavedRows()
        {
            RnnState.Load(state, gru, out byte[] attachment);
            return (int)BitConverter.ToInt64(attachment, 16);
        }

        void WaitForRows(int count, int extraMilliseconds)
        {
            Stopwatch watch = Stopwatch.StartNew();
            while (!File.Exists(state) || SavedRows() < count)
            {
                Assert.True(watch.Elapsed < CommandLineProcess.Patience, "The state was not saved.");
                Thread.Sleep(1);
            }

            Thread.Sleep(extraMilliseconds);
        }
    }

    [Fact]
    public void Stream_AMillionRows_KeepsItsMemory()
    {
        Assert.SkipUnless(CommandLineProcess.IsPublished && OperatingSystem.IsLinux(), "the memory of the published executable is meant");
        const int Rows = 1_000_000;
        Random random = new(8);
        string thousandRows = string.Concat(Enumerable.Range(0, 1000).Select(_ => Row(random)));
        using Process process = CommandLineProcess.Start("stream", _folder.Save(Gru(random)));
        Thread feeder = new(() => Feed(process, Enumerable.Repeat(thousandRows, Rows / 1000)));
        feeder.Start();

        long early = 0;
        for (int row = 1; row <= Rows; row++)
        {
            Assert.False(string.IsNullOrEmpty(process.StandardOutput.ReadLine()));
            if (row == Rows / 100)
                early = PeakMemory(process);
        }

        long late = PeakMemory(process);
        feeder.Join();
        process.StandardInput.Close();
        Assert.True(process.WaitForExit(CommandLineProcess.Patience));

        Assert.Equal(0, process.ExitCode);
        // The kernel counts pages for each processor and adds them up late; a single byte kept of each row would be a megabyte.
        Assert.True(late - early <= 512, $"peak memory grew from {early} to {late} kB");
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(8, false)]
    [InlineData(0, true)]
    [InlineData(3, true)]
    public void Take_GoodRow_AllocatesNothing(int window, bool hasRecipe)
    {
        const int Rows = 500;
        RnnModel model = hasRecipe ? TestFolder.Forecasting() : TestFolder.ManyToOne();
        Random random = new(9);
        StringBuilder text = new(hasRecipe ? "date,temp_max,wind\n" : "");
        for (int i = 0; i < 2 * Rows; i++)
            text.Append(hasRecipe ? new DateTime(2020, 1, 1).AddDays(i).ToString("yyyy-MM-dd,", CultureInfo.InvariantCulture) : "").Append(Row(random));
        using CsvLineReader lines = new(new MemoryStream(Encoding.UTF8.GetBytes(text.ToString())), "rows");
        FeatureTransform? transform = model.Recipe is { } recipe ? new FeatureTransform(recipe.Inputs, recipe.Target) : null;
        RowReader reader = transform is null ? new RowReader(lines, Features) : new RowReader(lines, "date", transform.SourceColumns);
        using StreamMemory memory = new(model, window, hasRecipe ? 3 : window);
        using StreamWriter output = new(Stream.Null);
        RowStream stream = new(model, transform, reader, memory, OnMissing.Stop, output, TextWriter.Null);
        Take(Rows);

        long allocated = Allocated.By(() => Take(Rows));

        Assert.Equal(0, allocated);
        Assert.Equal(2 * Rows, stream.Rows);

        void Take(int count)
        {
            for (int i = 0; i < count && reader.Read(); i++)
                stream.Take();
        }
    }

    public void Dispose() => _folder.Dispose();

    private static RnnModel Gru(Random random)
    {
        Architecture architecture = new ModelBuilder(Features).Gru(32).Dense(1).Build();
        return new RnnModel(architecture, architecture.Parameters.ToDictionary(
            shape => shape.Name, shape => Enumerable.Range(0, (int)shape.Count).Select(_ => random.NextSingle() - 0.5f).ToArray()));
    }

    private static string Row(Random random) => string.Create(CultureInfo.InvariantCulture, $"{random.NextSingle():F4},{random.NextSingle():F4}\n");

    /// <summary>The lines that are complete.</summary>
    private static string[] Lines(string text) => text.Split('\n')[..^1];

    /// <summary>Kills the process while it is fed.</summary>
    /// <returns>The lines it gave, and its notes.</returns>
    private static (string[] Lines, string Notes) Kill(Process process, string[] rows, Action wait)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> notes = process.StandardError.ReadToEndAsync();
        Thread feeder = new(() => Feed(process, rows));
        feeder.Start();
        wait();
        process.Kill();
        process.WaitForExit();
        feeder.Join();
        return (Lines(output.Result), notes.Result);
    }

    private static void Feed(Process process, IEnumerable<string> rows)
    {
        try
        {
            foreach (string row in rows)
                process.StandardInput.Write(row);
            process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It was killed first.
        }
    }

    /// <summary>In kB, from the kernel.</summary>
    private static long PeakMemory(Process process)
    {
        string line = File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line["VmHWM:".Length..^"kB".Length], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
    }
}
