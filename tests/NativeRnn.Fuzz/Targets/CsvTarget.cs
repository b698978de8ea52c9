using System.Text;
using NativeRnn.Data;

namespace NativeRnn.Fuzz.Targets;

/// <summary>CSV, by each of the readers: whole tables, the last rows of them, sequences, and rows one at a time.</summary>
internal sealed class CsvTarget : FuzzTarget
{
    private static readonly string[] Columns = ["a", "b"];

    public override IEnumerable<string> Words =>
        ["date", "a", "b", ",", "\n", "\r\n", "\r", "\"", "\"\"", "2020-01-01", "2020-01-02 10:00", "2020-01-02T10:00:01", "31.12.2019 23:59:59", "1e308", "NaN", "-9999", "\uFEFF", "\0"];

    public override IEnumerable<byte[]> Seeds() =>
    [
        "date,a,b\n2020-01-01,1,2\n2020-01-02,3,4\n"u8.ToArray(),
        "\uFEFFdate,\"a\",b,c\r\n2020-01-01 10:00,1.5,-2e3,\"x,\"\"y\"\r\n\r\n2020-01-01T10:10:00,-9999,4,\n"u8.ToArray(),
        "a;b;date\n1;2;3\n"u8.ToArray(),
        "1,2\n3,4\n\n5,6\n"u8.ToArray(),
        "time,a,b\r01.01.2009 00:10:00,1,2\r01.01.2009 00:20:00,1,2\r"u8.ToArray(),
    ];

    protected override object? Read(byte[] file)
    {
        bool isRead = false;
        isRead |= Try(() => CsvTable.Read(Text(file), "file", "date|time", Columns, minimumRows: 1, missingValue: -9999));
        isRead |= Try(() => CsvTable.ReadLast(Text(file), "file", "date|time", Columns, rows: 2, TimeSpan.FromDays(1)));
        isRead |= Try(() =>
        {
            using SequenceReader reader = new(Text(file), "file", featureCount: 2);
            while (reader.Read())
            {
            }
        });
        isRead |= Try(() =>
        {
            using CsvLineReader lines = new(new MemoryStream(file), "file");
            RowReader rows = new(lines, "date|time", Columns, missingValue: -9999);
            while (rows.Read())
            {
            }
        });
        isRead |= Try(() =>
        {
            using CsvLineReader lines = new(new MemoryStream(file), "file");
            RowReader rows = new(lines, count: 2);
            while (rows.Read())
            {
            }
        });
        return isRead ? null : throw new DataFormatException("no reader took it", "file");
    }

    protected override long Allowance(byte[] file) => 5 * base.Allowance(file);

    protected override bool IsRefusal(Exception exception) => exception is DataFormatException;

    private static bool Try(Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (DataFormatException)
        {
            return false;
        }
    }

    private static StreamReader Text(byte[] file) => new(new MemoryStream(file), Encoding.UTF8);
}
