using System.Text.Json.Nodes;

namespace NativeRnn.Benchmarks.Footprint;

/// <summary>A program that prints one forecast, as a JSON number or as an object with a <c>value</c>, and how to start it.</summary>
/// <param name="Name">Its name in the report.</param>
/// <param name="Deployment">What was published.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="ModelFile">The model's file among them.</param>
internal sealed record FootprintProgram(string Name, Deployment Deployment, IReadOnlyList<string> Arguments, string ModelFile);

/// <summary>What many starts of one program took, sorted.</summary>
/// <param name="Milliseconds">From the start of the process to its line of output.</param>
/// <param name="PeakBytes">The largest resident set of the process.</param>
internal sealed record ColdStartSeries(double[] Milliseconds, long[] PeakBytes);

/// <summary>
/// Starts programs as new processes; their files are in the page cache. Time and memory are taken of different starts: to start a
/// program through <c>time</c> takes longer.
/// </summary>
internal static class ColdStart
{
    /// <summary>
    /// GNU time. A process inherits the peak of the one it was forked from: this one's is larger than what is to be measured,
    /// that of <c>time</c> smaller.
    /// </summary>
    private const string TimeCommand = "/usr/bin/time";

    /// <summary>Looks for what <see cref="Measure"/> needs of the host.</summary>
    /// <exception cref="FileNotFoundException">There is no <c>time</c>.</exception>
    public static void RequireTimeCommand()
    {
        if (!File.Exists(TimeCommand))
            throw new FileNotFoundException($"found no {TimeCommand}, which reports peak memory; on Debian it is in the package time");
    }

    /// <summary>Starts every program twice a round.</summary>
    /// <exception cref="InvalidOperationException">A program failed.</exception>
    public static ColdStartSeries[] Measure(FootprintProgram[] programs, int rounds)
    {
        ColdStartSeries[] series = [.. programs.Select(_ => new ColdStartSeries(new double[rounds], new long[rounds]))];
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < programs.Length; i++)
            {
                series[i].Milliseconds[round] = Time(programs[i]).Milliseconds;
                series[i].PeakBytes[round] = PeakBytes(programs[i]);
            }
        }

        foreach (ColdStartSeries one in series)
        {
            Array.Sort(one.Milliseconds);
            Array.Sort(one.PeakBytes);
        }

        return series;
    }

    /// <summary>Starts a program and takes the time until its line of output is here.</summary>
    public static (double Milliseconds, double Forecast) Time(FootprintProgram program)
    {
        ProcessStartInfo start = new(program.Deployment.Executable, program.Arguments) { RedirectStandardOutput = true };
        long before = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        string? line = process.StandardOutput.ReadLine();
        double milliseconds = Stopwatch.GetElapsedTime(before).TotalMilliseconds;
        RequireSuccess(process, program);
        JsonNode forecast = JsonNode.Parse(line ?? throw new InvalidOperationException($"{program.Name} printed nothing"))!;
        return (milliseconds, (double)(forecast is JsonObject ? forecast["value"] : forecast)!);
    }

    /// <summary>Waits for the end of a program.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static void RequireSuccess(Process process, FootprintProgram program)
    {
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program.Name} stopped with exit code {process.ExitCode}");
    }

    private static long PeakBytes(FootprintProgram program)
    {
        ProcessStartInfo start = new(TimeCommand, ["--format", "%M", program.Deployment.Executable, .. program.Arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        RequireSuccess(process, program);
        return 1024 * long.Parse(error, CultureInfo.InvariantCulture);
    }
}
