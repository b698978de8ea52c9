using System.Text.Json.Nodes;

namespace NativeRnn.Benchmarks.Footprint;

/// <summary>A published program.</summary>
/// <param name="Executable">The file to start.</param>
/// <param name="Files">All files to deploy, the executable among them; no debug symbols.</param>
/// <param name="RuntimeFiles">Those of them that are the .NET runtime's.</param>
internal sealed record Deployment(string Executable, IReadOnlyList<string> Files, IReadOnlyList<string> RuntimeFiles)
{
    private const string Runtime = "linux-x64";

    /// <summary>An executable that needs no other file.</summary>
    public static Deployment Of(FileInfo executable) => executable.Exists
        ? new Deployment(executable.FullName, [executable.FullName], [])
        : throw new FileNotFoundException($"found no executable {executable}");

    /// <summary>One native executable, with the native libraries it loads.</summary>
    public static Deployment Native(string project, string name, string folder, bool isPublished)
    {
        string target = Path.Combine(folder, name + "-native");
        if (!isPublished)
            Publish(project, target);
        // The compiler leaves its debug symbols beside the executable, whatever DebugType says.
        IEnumerable<string> files = Directory.GetFiles(target).Where(file => !file.EndsWith(".dbg", StringComparison.Ordinal));
        return new Deployment(Path.Combine(target, name), [.. files], []);
    }

    /// <summary>A program with the runtime, managed code compiled ahead of time as well (ReadyToRun), for a faster start.</summary>
    public static Deployment SelfContained(string project, string name, string folder, bool isPublished)
    {
        string target = Path.Combine(folder, name);
        if (!isPublished)
            Publish(project, target, "--self-contained", "-p:PublishAot=false", "-p:PublishReadyToRun=true");
        string dependencies = File.ReadAllText(Path.Combine(target, name + ".deps.json"));
        HashSet<string> runtime = [.. JsonNode.Parse(dependencies)!["targets"]!.AsObject()
            .SelectMany(framework => framework.Value!.AsObject())
            .Where(library => library.Key.StartsWith("runtimepack.", StringComparison.Ordinal))
            .SelectMany(library => ((string[])["runtime", "native"]).SelectMany(kind => library.Value![kind]!.AsObject()))
            .Select(file => Path.Combine(target, file.Key))];
        string[] files = Directory.GetFiles(target);
        return new Deployment(Path.Combine(target, name), files, [.. files.Where(runtime.Contains)]);
    }

    private static void Publish(string project, string target, params string[] options)
    {
        // What an earlier publish left there would be counted.
        if (Directory.Exists(target))
            Directory.Delete(target, recursive: true);
        Console.Error.WriteLine($"dotnet publish {project} -r {Runtime} {string.Join(' ', options)}");
        ProcessStartInfo start = new(
            "dotnet",
            ["publish", project, "-c", "Release", "-r", Runtime, "-o", target, "-p:DebugType=none", "-p:PublishDocumentationFiles=false", .. options])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{project} could not be published:\n{output}");
    }
}
