namespace NativeRnn.Footprint;

/// <summary>
/// A window as a network takes it, and what makes its output degrees. As text: the target's mean and deviation, then a row a time step,
/// numbers separated by commas.
/// </summary>
/// <param name="Mean">The target's mean.</param>
/// <param name="Deviation">The target's deviation.</param>
/// <param name="Features">The number of features.</param>
/// <param name="Values"><c>[steps, features]</c>.</param>
internal sealed record ScaledWindow(double Mean, double Deviation, int Features, float[] Values)
{
    public int Steps => Values.Length / Features;

    public static ScaledWindow Read(string path)
    {
        string[] lines = File.ReadAllLines(path);
        string[] scaling = lines[0].Split(',');
        int features = lines[1].Split(',').Length;
        float[] values = new float[(lines.Length - 1) * features];
        int next = 0;
        foreach (string line in lines.AsSpan(1))
        {
            foreach (string number in line.Split(','))
                values[next++] = float.Parse(number, CultureInfo.InvariantCulture);
        }

        return new ScaledWindow(
            double.Parse(scaling[0], CultureInfo.InvariantCulture), double.Parse(scaling[1], CultureInfo.InvariantCulture), features, values);
    }

    public void Write(string path) => File.WriteAllLines(
        path,
        [
            string.Create(CultureInfo.InvariantCulture, $"{Mean:R},{Deviation:R}"),
            .. Values.Chunk(Features).Select(row => string.Join(',', row.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))),
        ]);

    /// <summary>Prints a network's output in degrees.</summary>
    public void Print(float output) => Console.WriteLine((output * Deviation + Mean).ToString("R", CultureInfo.InvariantCulture));
}
