using System.Text;

namespace NativeRnn.Trainer.Tests;

/// <summary>A table whose values tell their row: x = 100 + row, y = 1000 + 2 row.</summary>
internal static class DailyTable
{
    public static readonly DateTime FirstDay = new(2020, 1, 1);

    public static string Write(TestFolder folder, int rows, Func<int, bool>? isThere = null, TimeSpan? spacing = null)
    {
        StringBuilder text = new("t,x,y\n");
        for (int row = 0; row < rows; row++)
        {
            if (isThere?.Invoke(row) ?? true)
                text.Append(CultureInfo.InvariantCulture, $"{FirstDay + row * (spacing ?? TimeSpan.FromDays(1)):yyyy-MM-dd HH:mm:ss},{100 + row},{1000 + 2 * row}\n");
        }

        return folder.Write("data.csv", text.ToString());
    }
}
