using System.CommandLine;
using NativeRnn.Interop.Onnx;

namespace NativeRnn.Trainer;

/// <summary><c>export MODEL -o FILE.onnx</c>: a weight file becomes an ONNX model that gives the same numbers.</summary>
internal static class ExportCommand
{
    public static Command Create(TextWriter output)
    {
        Argument<string> model = new("MODEL") { Description = "The model's .nrnn file." };
        Option<string> file = CommonArguments.Out("MODEL.onnx", "The ONNX file to write.");
        Command command = new("export", "Writes a model as ONNX, input [steps, batch, features].") { model, file };
        command.SetAction(arguments => Run(arguments.GetRequiredValue(model), arguments.GetRequiredValue(file), output));
        return command;
    }

    private static void Run(string modelPath, string path, TextWriter output)
    {
        OutputPlace.RequireWritable(path);
        if (!path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
            throw new InputException($"{path}: a model is exported as ONNX, so its name must end in .onnx");
        RnnModel model = RnnModel.Load(modelPath);
        OnnxExporter.Export(model, path);
        output.WriteLine(path);
        if (model.Recipe is not null)
            output.WriteLine("the forecast recipe has no place in ONNX: inputs and output are normalised numbers");
    }
}
