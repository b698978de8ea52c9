using System.Globalization;
using System.Text;
using NativeRnn.Fuzz;
using NativeRnn.Fuzz.Targets;

Dictionary<string, Func<FuzzTarget>> targets = new()
{
    ["nrnn"] = () => new ModelTarget(),
    ["architecture"] = () => new ArchitectureTarget(),
    ["state"] = () => new StateTarget(),
    ["checkpoint"] = () => new CheckpointTarget(),
    ["onnx"] = () => new OnnxTarget(),
    ["safetensors"] = () => new SafetensorsTarget(),
    ["keras"] = () => new KerasTarget(),
    ["hdf5"] = () => new Hdf5Target(),
    ["csv"] = () => new CsvTarget(),
    ["spec"] = () => new SpecTarget(),
    ["recipe"] = () => new RecipeTarget(),
    ["expression"] = () => new ExpressionTarget(),
};

switch (args)
{
    case ["instrument", .. string[] assemblies]:
        foreach (string assembly in assemblies)
            SharpFuzz.Fuzzer.Instrument(assembly, _ => true, SharpFuzz.Options.Value);
        return 0;

    case ["corpus", string name, string folder] when targets.TryGetValue(name, out Func<FuzzTarget>? create):
        LibFuzzer.DiscardCoverage();
        Directory.CreateDirectory(folder);
        int number = 0;
        FuzzTarget target = create();
        foreach (byte[] seed in target.Seeds())
            File.WriteAllBytes(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"seed-{number++:D3}")), seed);
        File.WriteAllLines(folder + ".words", target.Words.Select(Quoted));
        return 0;

    case ["fuzz", string name, .. string[] options] when targets.TryGetValue(name, out Func<FuzzTarget>? create):
        LibFuzzer.ConnectCoverage();
        return Fuzz(create(), options);

    case ["replay", string name, .. string[] files] when targets.TryGetValue(name, out Func<FuzzTarget>? create):
        LibFuzzer.DiscardCoverage();
        FuzzTarget replayed = create();
        foreach (string file in files)
            Console.WriteLine($"{file}: {(replayed.Check(File.ReadAllBytes(file)) ? "read" : "refused")}");
        return 0;

    default:
        Console.Error.WriteLine($"""
            usage: instrument ASSEMBLY...
                   corpus TARGET FOLDER
                   fuzz TARGET [LIBFUZZER OPTION]...
                   replay TARGET FILE...
            targets: {string.Join(", ", targets.Keys)}
            """);
        return 2;
}

static int Fuzz(FuzzTarget target, string[] options)
{
    // What is set up on first use is not charged to a file.
    foreach (byte[] seed in target.Seeds())
        target.Check(seed);
    long executions = 0, read = 0;
    return LibFuzzer.Run(
        options,
        input =>
        {
            executions++;
            read += target.Check(input) ? 1 : 0;
        },
        () => Console.Error.WriteLine($"{executions} executions: {read} files read, {executions - read} refused"));
}

static string Quoted(string word)
{
    StringBuilder quoted = new("\"");
    foreach (byte value in Encoding.UTF8.GetBytes(word))
        quoted.Append(CultureInfo.InvariantCulture, $"\\x{value:X2}");
    return quoted.Append('"').ToString();
}
