using System.CommandLine;
using System.Security.Cryptography;

namespace NativeRnn.Trainer;

/// <summary>What <see cref="TrainCommand"/> and <see cref="TrainTextCommand"/> take.</summary>
internal sealed class TrainArguments
{
    public Argument<string> Spec { get; } = new("SPEC") { Description = "The training spec, JSON; SPEC.md describes it." };

    public Option<string> Model { get; } = new("--out")
    {
        HelpName = "MODEL",
        Description = "Receives the weight file, .nrnn.",
        Required = true,
    };

    public Option<string?> Curve { get; } = new("--curve")
    {
        HelpName = "PICTURE",
        Description = "Receives the learning curve, .png or .svg; beside the model unless told.",
    };

    public Option<string?> Checkpoint { get; } = new("--checkpoint")
    {
        HelpName = "FILE",
        Description = "Receives the state of the training after every epoch, so that --resume can go on from it.",
    };

    public Option<bool> Resume { get; } = new("--resume")
    {
        Description = "Goes on from the checkpoint, to the same model as without the break.",
    };

    public Option<ulong?> Threads { get; } = new("--threads")
    {
        HelpName = "N",
        Description = "Threads to use; all processors unless told. The result does not depend on it.",
        CustomParser = result => CommonArguments.ReadNumber(result, minimum: 1),
    };

    public Option<bool> Quiet { get; } = new("--quiet") { Description = "Prints the result only." };

    public TrainArguments()
    {
        Resume.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<bool>() && result.GetResult(Checkpoint) is null)
                result.AddError("--resume needs --checkpoint FILE, the file to go on from");
        });
        Curve.Validators.Add(result =>
        {
            string? path = result.GetValueOrDefault<string?>();
            if (path is not null && !Picture.Endings.Contains(Path.GetExtension(path).ToLowerInvariant()))
                result.AddError($"--curve must end in .png or .svg, but is '{path}'");
        });
    }

    /// <summary>What a checkpoint must have in common with the training that goes on from it.</summary>
    public static Dictionary<string, string> Fingerprints(string specDigest, string dataPath, ulong seed)
    {
        using FileStream data = File.OpenRead(dataPath);
        return new()
        {
            ["spec"] = specDigest,
            ["data file"] = Convert.ToHexString(SHA256.HashData(data)),
            ["seed"] = seed.ToString(CultureInfo.InvariantCulture),
        };
    }
}
