using System.Text;
using NativeRnn.Benchmarks.Measuring;
using NativeRnn.Benchmarks.Report;
using NativeRnn.Footprint;

namespace NativeRnn.Benchmarks.Footprint;

/// <summary>What was measured of each program, in the order of <paramref name="Programs"/>, ours first.</summary>
/// <param name="Started">When.</param>
/// <param name="Machine">Where.</param>
/// <param name="Programs">The programs.</param>
/// <param name="Forecasts">What they forecast.</param>
/// <param name="Series">Their starts.</param>
/// <param name="BytesAStep">Managed bytes that ours allocates a streaming step.</param>
internal sealed record FootprintReport(
    DateTimeOffset Started, MachineDescription Machine, FootprintProgram[] Programs, double[] Forecasts, ColdStartSeries[] Series, double BytesAStep)
{
    public string ToMarkdown()
    {
        StringBuilder text = new();
        Line("# What a program that makes one forecast weighs");
        Line();
        Line($"- {Started:yyyy-MM-dd HH:mm} UTC, load average at the start {Machine.LoadAverage}");
        Line($"- {Machine.Processor}, {Machine.Processors} processors; {Machine.OperatingSystem}, {Machine.Runtime}");
        Line($"- {string.Join(", ", Machine.Packages.Select(package => $"{package.Key} {package.Value}"))}");
        if (Machine.LibstdcxxNote is not null)
            Line($"- {Machine.LibstdcxxNote}");
        Line($"- GRU({GruForecast.Units}), reset after, and dense output, random weights; the last window of {FootprintFiles.Data}; one thread each");
        Line("- ours reads that file and scales by the model's recipe; the peers read a scaled window of a few lines");
        Line($"- forecasts in degrees, which must agree within {Agreement.Tolerance}: {string.Join(", ", Forecasts.Select(value => $"{value:F6}"))}");
        Line($"- {Series[0].Milliseconds.Length} rounds, in each one new process of every program for the time and one for the memory; files in the page cache");
        Line("- to deploy: every published file and the model, without debug symbols; MB are 10^6 bytes");
        Line();
        Line("| program | to deploy, MB | of it the .NET runtime, MB | files | first forecast, median ms | minimum ms | peak memory, median MB | managed bytes a step |");
        Line("|---|---:|---:|---:|---:|---:|---:|---:|");
        for (int i = 0; i < Programs.Length; i++)
        {
            Deployment deployment = Programs[i].Deployment;
            ColdStartSeries series = Series[i];
            string[] files = [.. deployment.Files, Programs[i].ModelFile];
            string runtime = deployment.RuntimeFiles.Count == 0 ? "inside" : Megabytes(Bytes(deployment.RuntimeFiles));
            Line($"| {Programs[i].Name} | {Megabytes(Bytes(files))} | {runtime} | {files.Length} | {Median(series.Milliseconds):F1} | {series.Milliseconds[0]:F1} | {Megabytes(Median(series.PeakBytes))} | {(i == 0 ? $"{BytesAStep:0.##}" : "")} |");
        }

        return text.ToString();

        void Line(string line = "") => text.AppendLine(line);
    }

    private static long Bytes(IEnumerable<string> files) => files.Sum(file => new FileInfo(file).Length);

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString(bytes < 100e6 ? "F2" : "F0", CultureInfo.InvariantCulture);

    private static T Median<T>(T[] sorted) => sorted[sorted.Length / 2];
}
