using BenchmarkDotNet.Running;
using NativeRnn.Benchmarks.Report;

if (args is ["report", ..])
    return ReportCommand.Create().Parse(args[1..]).Invoke();

BenchmarkSwitcher.FromAssembly(typeof(ReportCommand).Assembly).Run(args);
return 0;
