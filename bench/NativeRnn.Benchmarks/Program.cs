using System.CommandLine;
using BenchmarkDotNet.Running;
using NativeRnn.Benchmarks.Report;

if (args is ["report", ..])
    return new RootCommand("NativeRnn and its peers on the same weights.") { ReportCommand.Create() }.Parse(args).Invoke();

BenchmarkSwitcher.FromAssembly(typeof(ReportCommand).Assembly).Run(args);
return 0;
