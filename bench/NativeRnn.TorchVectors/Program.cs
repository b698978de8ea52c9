using NativeRnn.TorchHost;
using NativeRnn.TorchVectors;
using NativeRnn.Vectors;

if (args.Length > 1)
{
    Console.Error.WriteLine("error: takes one argument, the repository's root folder (default: the current folder)");
    return 2;
}

string root = args.Length == 1 ? args[0] : ".";
if (!File.Exists(Path.Combine(root, "NativeRnn.sln")))
{
    Console.Error.WriteLine($"error: there is no NativeRnn.sln in '{root}'");
    Console.Error.WriteLine("hint: run from the repository's root, or give its path");
    return 1;
}

if (OlderLibstdcxx.Adapt() is { } note)
    Console.Error.WriteLine(note);
Write("tests/NativeRnn.Tests/Vectors/forward.json", ModuleVectors.Create());
Write("tests/NativeRnn.Training.Tests/Vectors/gradients.json", GradientVectors.Create());
const string safetensors = "tests/NativeRnn.Interop.Tests/Torch/Vectors";
SafetensorsVectors.Write(Path.Combine(root, safetensors));
Console.WriteLine($"{safetensors}: {Directory.GetFiles(Path.Combine(root, safetensors)).Length} files");
return 0;

void Write(string path, IReadOnlyList<VectorCase> cases)
{
    VectorCase.Write(Path.Combine(root, path), cases);
    Console.WriteLine($"{path}: {cases.Count} cases, {new FileInfo(Path.Combine(root, path)).Length:N0} bytes");
}
