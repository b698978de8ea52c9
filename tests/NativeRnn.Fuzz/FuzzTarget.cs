using System.Diagnostics;

namespace NativeRnn.Fuzz;

/// <summary>
/// A reader under test, and what its files are promised: an answer within a second, a documented exception or a result, and at most
/// twice the file plus 1 MB allocated on the way.
/// </summary>
internal abstract class FuzzTarget
{
    private const long ConstantAllowance = 1 << 20;

    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(1);

    /// <summary>Files of all kinds, small, by our own writers.</summary>
    public abstract IEnumerable<byte[]> Seeds();

    /// <summary>Words that stand in such files, for the fuzzer to put in.</summary>
    public virtual IEnumerable<string> Words => [];

    /// <summary>Reads a file and checks that the promises hold.</summary>
    /// <param name="input">What the fuzzer made.</param>
    /// <returns>Whether the file was read; false when it was refused.</returns>
    /// <exception cref="ContractException">A promise is broken.</exception>
    public bool Check(ReadOnlySpan<byte> input)
    {
        byte[] file = input.ToArray();
        Repair(ref file);
        long start = Stopwatch.GetTimestamp();
        bool isRead = Measure(file);
        if (Stopwatch.GetElapsedTime(start) <= LongestRead)
            return isRead;

        // The process may have been stopped meanwhile; what it really takes is processor time.
        TimeSpan before = Environment.CpuUsage.TotalTime;
        Measure(file);
        TimeSpan time = Environment.CpuUsage.TotalTime - before;
        return time <= LongestRead ? isRead : throw new ContractException($"{file.Length} bytes take {time.TotalSeconds:F1} s");
    }

    /// <summary>Sets right what no random change gets right, such as a checksum.</summary>
    protected virtual void Repair(ref byte[] file)
    {
    }

    /// <summary>Reads a file.</summary>
    /// <returns>The result.</returns>
    protected abstract object? Read(byte[] file);

    /// <summary>Whether an exception is one that the reader documents.</summary>
    protected abstract bool IsRefusal(Exception exception);

    /// <summary>Uses what was read; that is not measured.</summary>
    protected virtual void Use(object? result, byte[] file)
    {
    }

    /// <summary>Bytes that may be allocated beside the file.</summary>
    protected virtual long Allowance(byte[] file) => 2L * file.Length + ConstantAllowance;

    private bool Measure(byte[] file)
    {
        object? result = null;
        Exception? refusal = null;
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            result = Read(file);
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            refusal = exception;
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > Allowance(file))
            throw new ContractException($"{file.Length} bytes took {allocated} bytes of memory, {Allowance(file)} allowed", refusal);
        if (refusal is not null)
            return false;
        Use(result, file);
        return true;
    }
}

/// <summary>A reader did not keep its promises.</summary>
internal sealed class ContractException(string problem, Exception? refusal = null) : Exception(problem, refusal);
