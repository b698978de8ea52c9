namespace NativeRnn.Faults.Tests;

/// <summary>Processes killed while they save, at any moment: what they saved before is whole. TrainerTests kill trainings.</summary>
public sealed class KillTests : IDisposable
{
    /// <summary>How many processes to kill in each test.</summary>
    private const string KillsVariable = "NATIVERNN_KILLS";

    private readonly TestFolder _folder = new();
    private readonly Random _random = new(1);

    private static int Kills => int.Parse(Environment.GetEnvironmentVariable(KillsVariable) ?? "8", CultureInfo.InvariantCulture);

    [Fact]
    public void Save_KilledAtAnyMoment_LeavesAWholeModel()
    {
        string path = _folder.PathOf("model.nrnn");
        HashSet<uint> seen = [];
        int midSave = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            using Process process = Programs.Start(Programs.Soak, "saves", path);
            for (int saves = 0; saves < 2; saves++)
                Assert.NotNull(process.StandardOutput.ReadLine());
            Thread.Sleep(_random.Next(20));
            Programs.Kill(process);

            seen.Add(RnnModel.Load(path).Checksum);
            string[] remains = [.. _folder.Files().Where(name => name != "model.nrnn")];
            midSave += remains.Length > 0 ? 1 : 0;
            Assert.All(remains, name => Assert.EndsWith(".nrnn.tmp", name, StringComparison.Ordinal));
            foreach (string name in remains)
                File.Delete(_folder.PathOf(name));
        }

        Assert.InRange(seen.Count, 1, 2);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Kills} processes killed, {midSave} of them in the midst of writing.");
    }

    /// <summary>Each process goes on where the state of the one before stands; every line must be that of one run that is never killed.</summary>
    [Fact]
    public async Task Stream_KilledAtAnyMoment_GoesOnFromAWholeState()
    {
        const int Rows = 20_000;
        string[] rows = [.. Enumerable.Range(0, Rows).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i % 97},{i % 13}\n"))];
        RnnModel model = TestFolder.ManyToOne();
        string modelPath = _folder.Save(model);
        string[] expected = Programs.Run(Programs.Device, string.Concat(rows), "stream", modelPath).Output.Split('\n');
        Assert.Equal(Rows + 1, expected.Length);

        string state = _folder.PathOf("state");
        int row = 0;
        for (int kill = 0; kill < Kills && row < Rows; kill++)
        {
            using Process process = Programs.Start(Programs.Device, "stream", modelPath, "--state", state, "--save-every", "1");
            Task feeding = Feed(process, rows[row..]);
            int lines = 1 + _random.Next(200);
            for (int i = 0; i < lines && row + i < Rows; i++)
                Assert.Equal(expected[row + i], process.StandardOutput.ReadLine());
            Programs.Kill(process);
            await feeding;

            RnnState.Load(state, model, out byte[] attachment);
            int saved = (int)BitConverter.ToInt64(attachment, 16);
            Assert.InRange(saved, row + lines - 1, Rows);
            row = saved;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{Kills} processes killed within {row} rows.");
    }

    private static async Task Feed(Process process, string[] rows)
    {
        try
        {
            foreach (string row in rows)
                await process.StandardInput.WriteAsync(row);
            await process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            // Killed.
        }
    }

    public void Dispose() => _folder.Dispose();
}
