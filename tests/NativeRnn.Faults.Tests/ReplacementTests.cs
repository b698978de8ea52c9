namespace NativeRnn.Faults.Tests;

/// <summary>A model file that other processes replace while it is loaded, again and again.</summary>
public sealed class ReplacementTests : IDisposable
{
    private const int Loads = 400;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Load_WhileAnotherProcessSaves_AlwaysGivesAWholeModel()
    {
        string path = _folder.PathOf("model.nrnn");
        using Process process = Programs.Start(Programs.Soak, "saves", path);
        for (int saves = 0; saves < 2; saves++)
            Assert.NotNull(process.StandardOutput.ReadLine());
        Task<string> lines = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        HashSet<uint> seen = [];

        // Loads may be many in the time that the other process gets no processor or waits for the disk.
        Stopwatch watch = Stopwatch.StartNew();
        for (int load = 0; load < Loads || (seen.Count < 2 && watch.Elapsed < Patience); load++)
            seen.Add(RnnModel.Load(path).Checksum);
        Assert.False(process.HasExited);
        Programs.Kill(process);
        await lines;

        // Were it only one, nothing had been replaced.
        Assert.Equal(2, seen.Count);
    }

    /// <summary>
    /// What no program should do, writing over the file in its place: shorter for a while, half the old and half the new, or a state that
    /// checks. A load gives one of the two models or says what is wrong with which file.
    /// </summary>
    [Fact]
    public void Load_WhileAnotherProcessWritesOverIt_GivesAModelOrNamesTheFile()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs sh");
        string path = _folder.PathOf("model.nrnn");
        uint[] checksums = [Save(1), Save(2)];
        File.Copy(_folder.PathOf("1.nrnn"), path);
        using Process process = Process.Start(new ProcessStartInfo("sh", ["-c", "while :; do cat 1.nrnn > model.nrnn; sleep 0.01; cat 2.nrnn > model.nrnn; done"])
        {
            WorkingDirectory = Path.GetDirectoryName(path),
        })!;
        int whole = 0;
        int refused = 0;
        Stopwatch watch = Stopwatch.StartNew();
        while ((whole == 0 || refused == 0 || whole + refused < Loads) && watch.Elapsed < Patience)
        {
            try
            {
                Assert.Contains(RnnModel.Load(path).Checksum, checksums);
                whole++;
            }
            catch (ModelFormatException error)
            {
                Assert.StartsWith(path + ": ", error.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        // With what it runs, which would make the file anew while the folder is deleted.
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        Assert.True(whole > 0 && refused > 0, $"{whole} loads gave a model, {refused} were refused.");

        uint Save(int seed)
        {
            RnnModel model = Weights(seed);
            _folder.Save(model, $"{seed}.nrnn");
            return RnnModel.Load(_folder.PathOf($"{seed}.nrnn")).Checksum;
        }
    }

    private static RnnModel Weights(int seed)
    {
        Architecture architecture = new(14, [new Gru(200), new Dense(1)]);
        return new RnnModel(architecture, architecture.Parameters.ToDictionary(shape => shape.Name, shape => Enumerable.Repeat((float)seed, (int)shape.Count).ToArray()));
    }

    public void Dispose() => _folder.Dispose();
}
