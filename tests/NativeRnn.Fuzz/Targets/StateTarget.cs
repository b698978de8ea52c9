using System.Buffers.Binary;
using NativeRnn.Cli;
using NativeRnn.Tests.Format;

namespace NativeRnn.Fuzz.Targets;

/// <summary>Saved states, and what <c>stream</c> attaches to them. The length, the model's checksum and the file's are set right.</summary>
internal sealed class StateTarget : FuzzTarget
{
    private const int LengthOffset = 8;
    private const int ModelOffset = 12;
    private const int HeaderLength = 28;
    private const int Columns = 2;
    private const int WarmUp = 3;

    private static readonly RnnModel Model = SampleModels.WithRandomWeights(new Architecture(2, [new Gru(2)]));

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"fuzz-{Environment.ProcessId}.state");

    public override IEnumerable<byte[]> Seeds()
    {
        yield return new RnnState(Model.Architecture).ToBytes(Model);
        yield return new RnnState(Model.Architecture, batch: 3).ToBytes(Model, [1, 2, 3]);
        foreach (int window in (int[])[0, WarmUp])
        {
            using StreamMemory memory = new(Model, window, WarmUp);
            for (int row = 0; row < 2; row++)
                memory.Push([1, 2]);
            new StreamState(_path, Model).Save(memory, rows: 2, new DateTime(2020, 1, 1), [3.0, double.NaN]);
            yield return File.ReadAllBytes(_path);
        }
    }

    protected override void Repair(ref byte[] file)
    {
        if (file.Length < HeaderLength + sizeof(uint))
            return;
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(LengthOffset), (uint)file.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(ModelOffset), Model.Checksum);
        int end = file.Length - sizeof(uint);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(end), Crc32C.Compute(file.AsSpan(0, end)));
    }

    protected override object? Read(byte[] file)
    {
        var state = RnnState.Parse(Model, file, out byte[] attachment);
        return (state, attachment);
    }

    protected override bool IsRefusal(Exception exception) => exception is StateFormatException;

    protected override void Use(object? result, byte[] file)
    {
        (RnnState state, byte[] attachment) = ((RnnState, byte[]))result!;
        if (!state.ToBytes(Model, attachment).AsSpan().SequenceEqual(file))
            throw new ContractException("the state read gives other bytes than the file's");
        if (state.Batch == 1)
        {
            using RnnSession session = Model.CreateSession();
            session.RestoreState(state);
            session.Step([1, float.NaN], new float[2]);
        }

        File.WriteAllBytes(_path, file);
        foreach (int window in (int[])[0, WarmUp])
        {
            using StreamMemory memory = new(Model, window, WarmUp);
            try
            {
                if (new StreamState(_path, Model).Load(memory, new double[Columns], WarmUp, out _, out _))
                    memory.Push([1, 2]);
            }
            catch (StateFormatException)
            {
                // The documented answer.
            }
        }
    }
}
