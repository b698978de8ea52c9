namespace NativeRnn.Faults.Tests;

/// <summary>
/// A small disk of its own that can be full or read-only, for root too, whom no file mode stops. It is mounted in the name space of a
/// helper process, is reached through that process's root folder, and ends with it: nothing is left mounted, whatever happens.
/// </summary>
internal sealed class FaultyDisk : IDisposable
{
    private const string Size = "1m";

    private readonly DirectoryInfo _mountPoint = Directory.CreateTempSubdirectory("nativernn-disk-");
    private readonly Process _shell;

    /// <summary>Mounts the disk, or skips the test where that is not allowed.</summary>
    public FaultyDisk()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "A disk of its own needs Linux.");
        // Root may mount; others may in a user name space, where the system allows it.
        string[] arguments = Environment.IsPrivilegedProcess ? ["--mount", "sh"] : ["--mount", "--map-root-user", "sh"];
        _shell = Process.Start(new ProcessStartInfo("unshare", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        if (Do($"mount -t tmpfs -o size={Size} none {_mountPoint.FullName}"))
            return;
        Dispose();
        Assert.Skip("Mounting a disk is not allowed here; run as root with the right to mount.");
    }

    public string PathOf(string name) => $"/proc/{_shell.Id}/root{_mountPoint.FullName}/{name}";

    public string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    public string[] Files() => [.. Directory.GetFileSystemEntries(PathOf("")).Select(path => Path.GetFileName(path)!).Order()];

    /// <summary>Takes all that is free.</summary>
    public void Fill()
    {
        using FileStream filler = new(PathOf("filler"), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] page = new byte[4096];
        try
        {
            while (true)
                filler.Write(page);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void MakeReadOnly() => Assert.True(Do($"mount -o remount,ro {_mountPoint.FullName}"), "The disk cannot be made read-only.");

    public void Dispose()
    {
        _shell.Kill();
        _shell.WaitForExit();
        _shell.Dispose();
        _mountPoint.Delete();
    }

    private bool Do(string command)
    {
        try
        {
            _shell.StandardInput.WriteLine($"{command} && echo done || echo failed");
            _shell.StandardInput.Flush();
            return _shell.StandardOutput.ReadLine() == "done";
        }
        catch (IOException)
        {
            return false;
        }
    }
}
