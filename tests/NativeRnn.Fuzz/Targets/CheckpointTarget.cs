using System.Security.Cryptography;
using NativeRnn.Training;

namespace NativeRnn.Fuzz.Targets;

/// <summary>Checkpoints of a training, their SHA-256 set right.</summary>
internal sealed class CheckpointTarget : FuzzTarget
{
    private readonly CheckpointFile _file;
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"fuzz-{Environment.ProcessId}.checkpoint");

    public CheckpointTarget() => _file = new CheckpointFile(_path, new Dictionary<string, string> { ["data"] = "d", ["spec"] = "s" });

    public override IEnumerable<byte[]> Seeds()
    {
        _file.Save(Transfer);
        yield return File.ReadAllBytes(_path);
    }

    protected override void Repair(ref byte[] file)
    {
        int end = file.Length - SHA256.HashSizeInBytes;
        if (end >= 0)
            SHA256.HashData(file.AsSpan(0, end), file.AsSpan(end));
    }

    protected override object? Read(byte[] file)
    {
        File.WriteAllBytes(_path, file);
        _file.Load(Transfer);
        return null;
    }

    protected override bool IsRefusal(Exception exception) => exception is CheckpointException;

    private static void Transfer(StateTransfer state)
    {
        int epoch = 3;
        state.Value(ref epoch);
        state.Values(new float[4].AsSpan());
        List<double> losses = [0.5, 0.25];
        state.List(losses);
    }
}
