using System.CommandLine;
using BenchmarkDotNet.Running;
using NativeRnn.Benchmarks.Footprint;
using NativeRnn.Benchmarks.Report;

if (args is ["report" or ReportCommand.PartVerb or "footprint", ..])
    return new RootCommand("NativeRnn and its peers on the same weights.") { ReportCommand.Create(), ReportCommand.CreatePart(), FootprintCommand.Create() }.Parse(args).Invoke();

BenchmarkSwitcher.FromAssembly(typeof(ReportCommand).Assembly).Run(args);
return 0;
