using System.Text;
using NativeRnn.Benchmarks.Cases;
using NativeRnn.Benchmarks.Measuring;

namespace NativeRnn.Benchmarks.Report;

/// <summary>Writes a report as Markdown.</summary>
internal sealed class MarkdownReport
{
    private readonly StringBuilder _text = new();

    private MarkdownReport()
    {
    }

    public static string Write(ReportData report)
    {
        MarkdownReport markdown = new();
        markdown.WriteHead(report);
        Measurements measured = report.Measured;
        if (measured.Cases.Count > 0)
        {
            markdown.WriteLatencies(measured.Cases);
            markdown.WriteTails(measured.Cases);
            markdown.WriteLimits(measured);
            markdown.WriteBounds(measured.Cases);
            markdown.WriteAgreement(measured.Cases);
        }

        foreach (OddSizeTable table in measured.OddSizes)
            markdown.WriteOddSizes(table);
        if (measured.Denormals.Count > 0)
            markdown.WriteDenormals(measured.Denormals);
        if (measured.Tails.Count > 0)
            markdown.WriteTails(measured.Tails);
        if (measured.Threads.Count > 0)
            markdown.WriteThreads(measured.Threads);
        foreach (GrowthTable table in measured.Growth)
            markdown.WriteGrowth(table);
        if (measured.Quantized.Count > 0)
            markdown.WriteQuantized(measured.Quantized);
        if (measured.Training is not null)
            markdown.WriteTraining(measured.Training);
        if (measured.Generation is not null)
            markdown.WriteGeneration(measured.Generation);
        return markdown._text.ToString();
    }

    private void WriteGeneration(GenerationSpeedResult generation)
    {
        Line("## Generating text");
        Line();
        Line($"Characters drawn one by one, each being the next input: embedding {GenerationSpeed.Symbols}->{GenerationSpeed.EmbeddingUnits}, {GenerationSpeed.LayerCount} x GRU (reset after) of {GenerationSpeed.Units}, dense ->{GenerationSpeed.Symbols}, softmax; one thread each, in turn in one process. The probabilities differ by {generation.LargestDifference:E1} at most.");
        Line();
        Row(["", "tokens a second", "ratio", "managed bytes a token"]);
        Rule(1, 3);
        Row(["NativeRnn", $"{generation.TokensPerSecond:F0}", "1", $"{generation.BytesAllocated:F0}"]);
        Row(["TorchSharp", $"{generation.TorchTokensPerSecond:F0}", $"{generation.TokensPerSecond / generation.TorchTokensPerSecond:F1}", $"{generation.TorchBytesAllocated:F0}"]);
        Line();
    }

    private void WriteQuantized(IReadOnlyList<QuantizedTable> tables)
    {
        Line();
        Line("## Fewer bits a weight");
        Line();
        Line("Microseconds a call; how many times as fast as ours in float32; the largest difference of a final state from that of ours in float32.");
        Line();
        Row(["", "", "median", "99th percentile", "times as fast", "difference"]);
        Rule(2, 4);
        foreach (QuantizedTable table in tables)
        {
            foreach (QuantizedRow row in table.Rows)
                Row([table.Case.Title, row.Name, Time(row.Latency.Median), Time(row.Latency.P99), Ratio(row.Speedup), $"{row.LargestDifference:0.0e-0}"]);
        }

        Line();
    }

    private void WriteTraining(TrainingSpeedResult training)
    {
        Line("## A training step");
        Line();
        Line($"GRU (reset after) {TrainingSpeed.Features}->{TrainingSpeed.Units} and dense ->1, {TrainingSpeed.Window} steps, batch {TrainingSpeed.Batch}, {TrainingSpeed.Threads} threads each; forward, backward and RMSprop, in turn in one process.");
        Line();
        Row(["", "milliseconds a step", "ratio", $"loss at step {TrainingSpeed.ComparedStep}", "managed bytes a step"]);
        Rule(1, 4);
        Row(["NativeRnn", $"{training.Milliseconds:F2}", "1", $"{training.Loss:F6}", $"{training.BytesAllocated:F0}"]);
        Row(["TorchSharp", $"{training.TorchMilliseconds:F2}", $"{training.TorchMilliseconds / training.Milliseconds:F1}", $"{training.TorchLoss:F6}", ""]);
        Line();
    }

    private void WriteHead(ReportData report)
    {
        MachineDescription machine = report.Machine;
        Line("# NativeRnn and its peers on the same weights");
        Line();
        if (report.IsQuick)
        {
            Line("**A quick run, to see that everything works: the figures mean nothing.**");
            Line();
        }

        Line($"- {report.Started:yyyy-MM-dd HH:mm} UTC, load average at the start {machine.LoadAverage}");
        Line($"- {machine.Processor}, {machine.Processors} processors, caches {machine.Caches}; widest vectors {machine.WidestVector}");
        Line($"- {machine.OperatingSystem}, {machine.Runtime}");
        Line($"- {string.Join(", ", machine.Packages.Select(package => $"{package.Key} {package.Value}"))}");
        if (machine.LibstdcxxNote is not null)
            Line($"- {machine.LibstdcxxNote}");
        Line("- float32, one thread each (ONNX Runtime: 1 intra-op and 1 inter-op thread; torch.set_num_threads(1)); the same inputs and");
        Line("  the same random weights, uniform in +-1/sqrt(q)");
        Line("- a call: the whole window of every sequence of the batch from a zero state to the final state, or one streaming step that");
        Line("  carries the state on; the recurrent layer alone");
        Line("- ONNX Runtime: I/O binding, values allocated beforehand, only the final state bound; TorchSharp: inference mode, inputs");
        Line("  and zero states made beforehand, results disposed at once; both get time-major inputs, their default");
        Line($"- nothing is timed unless all outputs agree within {Agreement.Tolerance}");
        Line("- each case and each section in a new process with .NET's default settings, so that none depends on what ran before");
        Line($"- in turn: {report.Plan}; the first call of a slice is not counted");
        Line($"- tables of many sizes: {report.PointPlan}");
        Line();
    }

    private void WriteLatencies(IReadOnlyList<CaseResult> cases)
    {
        Line("## Median latency");
        Line();
        Line("Microseconds a call; in brackets the ratio to ours.");
        Line();
        string[] peers = [.. cases.SelectMany(result => result.Contenders.Skip(1)).Select(contender => contender.Name).Distinct()];
        Row(["case", "NativeRnn", .. peers, "of the limit"]);
        Rule(1, peers.Length + 2);
        List<string> notes = [];
        foreach (CaseResult result in cases)
        {
            string limit = result.Limit is null ? "not timed" : $"{Percent(result.Limit.OfBinding)} of {result.Limit.Binding}";
            Row([result.Case.Title, Time(result.Contenders[0].Latency?.Median), .. peers.Select(peer => Cell(result.Find(peer))), limit]);
        }

        Line();
        foreach (string note in notes)
            Line(note);

        string Cell(ContenderResult? contender)
        {
            if (contender is null)
                return "";
            if (contender.Latency is null)
                return contender.Agrees ? "not timed" : "DISAGREES";

            string mark = "";
            if (contender.Note is not null)
            {
                string note = $"\\* {contender.Name} {contender.Note}.";
                if (!notes.Contains(note))
                    notes.Add(note);
                mark = " \\*";
            }

            return $"{Time(contender.Latency.Median)} ({Ratio(contender.Ratio)}){mark}";
        }
    }

    private void WriteTails(IReadOnlyList<CaseResult> cases)
    {
        Line();
        Line("## 99th percentile and managed bytes");
        Line();
        Line("Microseconds a call; streaming steps are timed in blocks, whose 99th percentile this is.");
        Line();
        Row(["case", "contender", "median", "p99", "p99 / median", "fastest", "samples x calls", "bytes allocated a call"]);
        Rule(2, 6);
        foreach (CaseResult result in cases)
        {
            foreach (ContenderResult contender in result.Contenders)
            {
                if (contender.Latency is not { } latency)
                    continue;
                Row([
                    result.Case.Title, contender.Name,
                    Time(latency.Median), Time(latency.P99), Ratio(latency.P99 / latency.Median), Time(latency.Minimum),
                    $"{latency.Samples} x {latency.CallsPerSample}", latency.BytesPerCall.ToString("0.#", CultureInfo.InvariantCulture)]);
            }
        }
    }

    private void WriteLimits(Measurements measured)
    {
        Line();
        Line("## The machine's limit");
        Line();
        IEnumerable<string> peaks = measured.Peaks.Select(peak => $"{peak.Width} {Giga(2 * peak.MultiplyAdds)} GFLOP/s");
        Line($"One core's multiply-adds in registers, measured in this run: {string.Join(", ", peaks)}.");
        Line("Work counts only the multiply-adds of the equations (activations and padding are not work). Reading counts the recurrent");
        Line("weights once a step, against the bandwidth measured for a working set of their size: always forward, or forward and");
        Line("backward in turn, whichever is faster.");
        Line();
        Row([
            "case", "width", "MFLOP a call", "GFLOP/s reached", "of FMA peak",
            "MB read a call", "GB/s reached", "GB/s of such a set", "of bandwidth", "binding"]);
        Rule(2, 8);
        foreach (CaseResult result in measured.Cases)
        {
            if (result.Limit is not { } limit)
                continue;
            Row([
                result.Case.Title, limit.Width.ToString(),
                Mega(2 * limit.MultiplyAdds), Giga(2 * limit.PeakMultiplyAdds * limit.OfPeak), Percent(limit.OfPeak),
                Mega(limit.ReadBytes), Giga(limit.Bandwidth * limit.OfBandwidth), Giga(limit.Bandwidth), Percent(limit.OfBandwidth),
                limit.Binding]);
        }
    }

    private void WriteBounds(IReadOnlyList<CaseResult> cases)
    {
        Line();
        Line("## What a call cannot be faster than");
        Line();
        Line("Microseconds, each part measured in this run. Computing: the multiply-adds at the peak and the activations of values at hand, which take the");
        Line("same execution units. Waiting: the recurrent multiply-adds at the peak, which cannot begin before the state is there, and what a cell of one");
        Line("unit and one input takes. Reading: the products by themselves, with our own loops, which read each weight of U once and each of W once a step; of small cells,");
        Line("batches and streaming steps the recurrent weights at the bandwidth and the input's multiply-adds at the peak. The longest is a bound for every kernel that");
        Line("takes step after step with these products and activations.");
        Line();
        string[] peers = [.. cases.SelectMany(result => result.Contenders.Skip(1)).Select(contender => contender.Name).Distinct().Take(2)];
        Row(["case", "reached", "activations", "one unit", "computing", "waiting", "reading", "bound", "bound / reached", .. peers.Select(peer => $"{peer} / bound"), "FMA peak at the bound", "bandwidth at the bound"]);
        Rule(1, 10 + peers.Length);
        foreach (CaseResult result in cases)
        {
            if (result.Limit is not { } limit || result.Contenders[0].Latency is not { } latency)
                continue;
            Row([
                result.Case.Title, Time(latency.Median), Time(result.Overheads.Activations), result.Overheads.OneUnit is { } one ? Time(one) : "",
                Time(limit.Computing), limit.Waiting is { } waiting ? Time(waiting) : "", Time(limit.Reading), Time(limit.Bound), Percent(limit.Bound / latency.Median),
                .. peers.Select(peer => Ratio(result.Find(peer)?.Latency?.Median / limit.Bound)),
                Percent(limit.OfPeak * latency.Median / limit.Bound), Percent(limit.OfBandwidth * latency.Median / limit.Bound)]);
        }
    }

    private void WriteAgreement(IReadOnlyList<CaseResult> cases)
    {
        Line();
        Line("## Agreement");
        Line();
        Line("The largest difference of an output from ours.");
        Line();
        string[] peers = [.. cases.SelectMany(result => result.Contenders.Skip(1)).Select(contender => contender.Name).Distinct()];
        Row(["case", .. peers]);
        Rule(1, peers.Length);
        foreach (CaseResult result in cases)
        {
            Row([
                result.Case.Title,
                .. peers.Select(peer => Difference(result.Find(peer)))]);
        }
    }

    private void WriteOddSizes(OddSizeTable table)
    {
        Line();
        Line($"## Odd sizes: {table.Cell.Title()}");
        Line();
        Line("Time per useful multiply-add relative to q = 32, p = 14; batch 1, 240 steps.");
        Line();
        Row(["", .. table.InputSizes.Select(size => $"p = {size}")]);
        Rule(1, table.InputSizes.Count);
        foreach (OddSizeRow row in table.Rows)
            Row([$"q = {row.Units}", .. row.Relative.Select(relative => Ratio(relative))]);
    }

    private void WriteDenormals(IReadOnlyList<DenormalResult> results)
    {
        Line();
        Line("## A state that has decayed to nothing");
        Line();
        Line("Microseconds a streaming step 14->32 on the same weights: with inputs that keep the state at normal sizes, and with inputs that are");
        Line("zero for so long that the state would be a subnormal number.");
        Line();
        Row(["cell", "normal", "decayed", "decayed / normal"]);
        Rule(1, 3);
        foreach (DenormalResult result in results)
            Row([result.Cell.Title(), Time(result.Normal.Median), Time(result.Decayed.Median), Ratio(result.Ratio)]);
    }

    private void WriteTails(IReadOnlyList<TailResult> results)
    {
        Line();
        Line("## The slowest of single steps");
        Line();
        Line("Microseconds a streaming step 14->32, each timed by itself, the clock's own time included; and in turn with it a loop of multiply-adds in");
        Line("registers that takes as long, which shows what of it is the machine's.");
        Line();
        Row(["", "p50", "p99", "p99.9", "p99.9 / p50", "maximum"]);
        Rule(1, 5);
        foreach (TailResult result in results)
        {
            WriteTail(result.Cell.Title(), result.Step);
            WriteTail("multiply-adds in registers", result.Loop);
        }
    }

    private void WriteTail(string name, Tail tail)
        => Row([name, Time(tail.Median), Time(tail.P99), Time(tail.P999), Ratio(tail.P999 / tail.Median), Time(tail.Maximum)]);

    private void WriteThreads(IReadOnlyList<ThreadResult> results)
    {
        Line();
        Line("## A batch on two threads");
        Line();
        Line("Microseconds a call; both give the same bits.");
        Line();
        Row(["case", "1 thread", "2 threads", "1 thread / 2 threads", "p99 of 2 threads"]);
        Rule(1, 4);
        foreach (ThreadResult result in results)
            Row([result.Case.Title, Time(result.One.Median), Time(result.Two.Median), Ratio(result.Speedup), Time(result.Two.P99)]);
    }

    private void WriteGrowth(GrowthTable table)
    {
        string[] names = [.. table.Points[0].MicrosecondsAStep.Keys];
        Line();
        Line($"## Growth with {table.Axis}: {table.Cell.Title()}, {table.Fixed}");
        Line();
        Line("Microseconds a step and sequence; in brackets the ratio to ours.");
        Line();
        Row([table.Axis, .. names]);
        Rule(0, names.Length + 1);
        foreach (GrowthPoint point in table.Points)
        {
            double ours = point.MicrosecondsAStep[names[0]];
            Row([
                point.Value.ToString(CultureInfo.InvariantCulture), Time(ours),
                .. names.Skip(1).Select(name => $"{Time(point.MicrosecondsAStep[name])} ({Ratio(point.MicrosecondsAStep[name] / ours)})")]);
        }
    }

    private void Line(string text = "") => _text.Append(text).Append('\n');

    private void Row(IReadOnlyList<string> cells) => Line($"| {string.Join(" | ", cells)} |");

    private void Rule(int left, int right)
        => Line("|" + string.Concat(Enumerable.Repeat("---|", left)) + string.Concat(Enumerable.Repeat("---:|", right)));

    /// <summary>Three significant digits, as far as times go.</summary>
    private static string Time(double? microseconds) => microseconds is { } time ? Significant(time) : "not timed";

    private static string Difference(ContenderResult? contender)
        => contender is null
            ? ""
            : $"{contender.LargestDifference:0.0e-0}{(contender.Agrees ? "" : " DISAGREES")}";

    private static string Ratio(double? ratio) => ratio is { } value ? Significant(value) : "";

    private static string Significant(double value) => value.ToString(
        value >= 100 ? "0" : value >= 10 ? "0.0" : value >= 1 ? "0.00" : value >= 0.1 ? "0.000" : "0.0000", CultureInfo.InvariantCulture);

    private static string Percent(double part) => (100 * part).ToString("0", CultureInfo.InvariantCulture) + " %";

    private static string Mega(double value) => (value / 1e6).ToString("0.###", CultureInfo.InvariantCulture);

    private static string Giga(double value) => (value / 1e9).ToString("0.0", CultureInfo.InvariantCulture);
}
