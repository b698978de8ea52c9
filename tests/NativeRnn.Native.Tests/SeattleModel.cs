namespace NativeRnn.Native.Tests;

/// <summary>The repository's small model and an input for it.</summary>
internal static class SeattleModel
{
    public static readonly string Path = System.IO.Path.Combine(AppContext.BaseDirectory, "seattle.nrnn");

    public static readonly RnnModel Model = RnnModel.Load(Path);

    /// <summary>Ten time steps, <c>[10, 6]</c>.</summary>
    public static readonly float[] Window = RandomWindow();

    private static float[] RandomWindow()
    {
        Random random = new(5);
        return [.. Enumerable.Range(0, 10 * Model.Architecture.InputSize).Select(_ => 4 * random.NextSingle() - 2)];
    }
}
