namespace NativeRnn.Trainer.Tests;

/// <summary>The columns of Seattle's weather that the tests use, read without the library.</summary>
internal static class SeattleTable
{
    public static readonly (DateTime Time, double High, double Wind)[] Rows =
    [
        .. File.ReadLines(SpecText.SeattleData).Skip(1).Select(line => line.Split(',')).Select(fields => (
            DateTime.ParseExact(fields[0], "yyyy-MM-dd", CultureInfo.InvariantCulture),
            double.Parse(fields[2], CultureInfo.InvariantCulture),
            double.Parse(fields[4], CultureInfo.InvariantCulture))),
    ];
}
