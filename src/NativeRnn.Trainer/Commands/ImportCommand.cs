using System.CommandLine;
using NativeRnn.Data;
using NativeRnn.Interop;
using NativeRnn.Interop.Onnx;
using NativeRnn.Interop.Torch;

namespace NativeRnn.Trainer;

/// <summary><c>import SOURCE -o MODEL</c>: a model of another tool becomes a weight file that gives the same numbers.</summary>
internal static class ImportCommand
{
    /// <summary>
    /// What a sample's outputs may differ by, relative to the largest of them where that is above 1: what float32 sums in another order
    /// differ by in a network of a few layers.
    /// </summary>
    private const float Tolerance = 1e-5f;

    public static Command Create(TextWriter output)
    {
        Argument<string> source = new("SOURCE") { Description = "The other tool's file: .onnx, .keras, .h5 or .safetensors." };
        Option<string> model = CommonArguments.Out("MODEL.nrnn", "The weight file to write.");
        Option<string[]> sample = new("--sample")
        {
            HelpName = "INPUT.csv OUTPUT.csv",
            Description = "An input sequence, one row a time step, and the output that the other tool gives for it. The import fails "
                + "if ours differs; the pair is kept in the file as its self-test.",
            Arity = new ArgumentArity(2, 2),
            AllowMultipleArgumentsPerToken = true,
        };
        Option<string?> recipe = new("--recipe")
        {
            HelpName = "RECIPE.json",
            Description = "How measurements become a forecast; RECIPE.md describes it.",
        };
        Option<TorchHead?> head = new("--head")
        {
            Description = "PyTorch: what the linear layers read: the final state (unless told), every step, or the last step's output. "
                + "Needed for bidirectional modules, where the first and the last differ.",
        };
        Option<TorchNonlinearity> nonlinearity = new("--nonlinearity") { Description = "PyTorch: the activation of nn.RNN." };
        Option<string> activation = new("--activation")
        {
            HelpName = "NAME[,NAME...]",
            Description = "PyTorch: the activations behind the linear layers, or behind each but the last, such as relu or relu,sigmoid.",
            DefaultValueFactory = _ => "",
        };
        activation.Validators.Add(result =>
        {
            try
            {
                ParseActivations(result.GetValueOrDefault<string>());
            }
            catch (FormatException exception)
            {
                result.AddError($"--activation: {exception.Message}");
            }
        });

        Option<string> modules = new("--modules")
        {
            HelpName = "NAME[,NAME...]",
            Description = "PyTorch: the file's modules in the order in which the network applies them, such as lstm1,lstm2,fc, where their sizes do not tell it.",
            DefaultValueFactory = _ => "",
        };
        Option<string?> initialStates = new("--initial-states")
        {
            Description = "ONNX: zero, where initial states are inputs of the graph: sequences start from zeros, and from other states where a program gives them.",
        };
        initialStates.AcceptOnlyFromAmong("zero");
        Option<string?> lengths = new("--sequence-lengths")
        {
            Description = "ONNX: own, where the lengths of padded sequences are an input of the graph: every sequence is given at its own length.",
        };
        lengths.AcceptOnlyFromAmong("own");
        Option<string?> graphOutput = new("--output") { HelpName = "NAME", Description = "ONNX: which of several outputs the model gives; the first unless told." };

        Command command = new("import", "Turns a model of another tool into a weight file that gives the same numbers.")
        {
            source, model, sample, recipe, head, nonlinearity, activation, modules, initialStates, lengths, graphOutput,
        };
        command.SetAction(arguments => Run(
            arguments.GetRequiredValue(source),
            arguments.GetRequiredValue(model),
            arguments.GetValue(sample),
            arguments.GetValue(recipe),
            new TorchImportOptions
            {
                Head = arguments.GetValue(head),
                Nonlinearity = arguments.GetValue(nonlinearity),
                Activations = ParseActivations(arguments.GetRequiredValue(activation)),
                Modules = Names(arguments.GetRequiredValue(modules)),
            },
            new OnnxImportOptions
            {
                ZeroInitialStates = arguments.GetValue(initialStates) is not null,
                UnpaddedSequences = arguments.GetValue(lengths) is not null,
                Output = arguments.GetValue(graphOutput),
            },
            output));
        return command;
    }

    private static Activation[] ParseActivations(string? names)
        => Array.ConvertAll(Names(names), Activation.Parse);

    private static string[] Names(string? list) => (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static void Run(
        string sourcePath, string modelPath, string[]? sample, string? recipePath, TorchImportOptions torch, OnnxImportOptions onnx, TextWriter output)
    {
        OutputPlace.RequireWritable(modelPath);
        RnnModel model = ModelImporter.Import(sourcePath, torch, onnx);
        if (recipePath is not null)
            model = RecipeSpec.Attach(model, recipePath);

        float? difference = null;
        if (sample is [string inputPath, string outputPath])
        {
            model = model.WithSelfTest(ReadSample(model.Architecture, inputPath, outputPath));
            difference = Compare(model, sourcePath);
        }

        model.Save(modelPath);
        output.Write(model.Summary());
        output.WriteLine();
        output.WriteLine(difference is null
            ? $"{modelPath} was not compared with {Path.GetFileName(sourcePath)}: no --sample was given"
            : string.Create(CultureInfo.InvariantCulture, $"{modelPath} gives the sample's output, to {difference.Value:0.##e+0}"));
    }

    private static SelfTest ReadSample(Architecture architecture, string inputPath, string outputPath)
    {
        float[] input = ReadSequence(inputPath, architecture.InputSize);
        float[] output = ReadSequence(outputPath, architecture.OutputSize);
        int steps = input.Length / architecture.InputSize;
        int rows = output.Length / architecture.OutputSize;
        int expected = architecture.ReturnsSequence ? steps : 1;
        return rows == expected
            ? new SelfTest(input, output)
            : throw new DataFormatException($"found {rows} rows, expected {expected} for the {steps} steps of {inputPath}", outputPath);
    }

    private static float[] ReadSequence(string path, int features)
    {
        using SequenceReader reader = new(path, features);
        if (!reader.Read())
            throw new DataFormatException("there are no numbers", path);
        float[] values = new float[reader.StepCount * features];
        reader.Sequence.CopyTo(values);
        return reader.Read() ? throw new DataFormatException("found a second sequence, expected one", path, reader.FirstLine) : values;
    }

    private static float Compare(RnnModel model, string sourcePath)
    {
        SelfTest sample = model.SelfTest!;
        float largest = 1;
        foreach (float value in sample.Output)
            largest = float.Max(largest, float.Abs(value));
        float difference = sample.LargestError(model);
        if (difference <= Tolerance * largest)
            return difference;
        throw new InputException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{sourcePath}: the sample's output and ours differ by {difference}, expected at most {Tolerance * largest}"),
            "nothing was written; is the sample of this very model, in inference mode, not normalised otherwise?");
    }
}
