using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;

namespace NativeRnn.Benchmarks.Report;

/// <summary>Where and with which versions the figures were measured.</summary>
internal sealed record MachineDescription(
    string Processor, string Caches, int Processors, string OperatingSystem, string Runtime, string WidestVector, string LoadAverage,
    IReadOnlyDictionary<string, string> Packages, string? LibstdcxxNote)
{
    public static MachineDescription Read(string? libstdcxxNote) => new(
        FirstValue("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        ReadCaches(),
        Environment.ProcessorCount,
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        Kernels.VectorWidths.Resolve(VectorWidth.Auto).ToString(),
        File.Exists("/proc/loadavg") ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3)) : "unknown",
        new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["NativeRnn"] = Version(typeof(RnnModel)),
            ["Microsoft.ML.OnnxRuntime"] = OrtEnv.Instance().GetVersionString(),
            ["TorchSharp"] = Version(typeof(torch)),
            ["libtorch"] = torch.__version__,
            ["System.Numerics.Tensors"] = Version(typeof(System.Numerics.Tensors.TensorPrimitives)),
        },
        libstdcxxNote);

    private static string Version(Type type)
        => type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    private static string ReadCaches()
    {
        List<string> caches = [];
        for (int index = 0; Directory.Exists($"/sys/devices/system/cpu/cpu0/cache/index{index}"); index++)
        {
            string level = Read("level"), type = Read("type"), size = Read("size");
            caches.Add($"L{level} {type.ToLowerInvariant()} {size}");

            string Read(string name) => File.ReadAllText($"/sys/devices/system/cpu/cpu0/cache/index{index}/{name}").Trim();
        }

        return caches.Count == 0 ? "unknown" : string.Join(", ", caches);
    }

    private static string? FirstValue(string path, string name)
        => File.Exists(path)
            ? File.ReadLines(path).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            : null;
}
