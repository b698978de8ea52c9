using System.Text;

namespace NativeRnn.Data;

/// <summary>
/// Reads CSV as it arrives: a line is a row and is there as soon as its line end is. So a stray quote harms its own row alone, where
/// a reader of whole files takes all that follows into the field. Allocates nothing once its buffers fit the longest line.
/// </summary>
public sealed class CsvLineReader : IDisposable
{
    /// <summary>A longer line, in bytes, is not read.</summary>
    public const int MaxLineLength = 1 << 20;

    private readonly Stream _stream;
    private byte[] _bytes = new byte[1 << 14];
    private char[] _line = new char[1 << 10];
    private (int Start, int Length)[] _fields = new (int, int)[64];
    private int _start;
    private int _end;

    /// <summary>Starts to read.</summary>
    /// <param name="stream">UTF-8; it is disposed with the reader.</param>
    /// <param name="file">What messages call it.</param>
    public CsvLineReader(Stream stream, string file)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(file);
        _stream = stream;
        File = file;
    }

    /// <summary>What messages call the input.</summary>
    public string File { get; }

    /// <summary>The line read last, counted from 1.</summary>
    public int Line { get; private set; }

    /// <summary>Why the line could not be split into fields, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>The number of fields; none of a line with a <see cref="Problem"/>.</summary>
    public int FieldCount { get; private set; }

    /// <summary>Whether the line has nothing but blanks.</summary>
    public bool IsBlank => Problem is null && FieldCount == 1 && this[0].IsEmpty;

    /// <summary>A field, without the quotes and without blanks around it; valid until the next line is read.</summary>
    /// <param name="field">Its number, counted from 0.</param>
    public ReadOnlySpan<char> this[int field] => _line.AsSpan(_fields[field].Start, _fields[field].Length).Trim();

    /// <summary>Goes to the next line; waits for its end and for nothing more.</summary>
    /// <returns>False at the end of the input.</returns>
    /// <exception cref="IOException">The input cannot be read.</exception>
    public bool Read()
    {
        FieldCount = 0;
        Problem = null;
        int searched = 0;
        bool isTooLong = false;
        while (true)
        {
            int feed = _bytes.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (feed >= 0)
            {
                Take(searched + feed, isTooLong);
                _start += searched + feed + 1;
                return true;
            }

            searched = _end - _start;
            if (searched >= MaxLineLength)
            {
                isTooLong = true;
                _start = _end = searched = 0;
            }

            if (!Fill())
            {
                if (searched == 0 && !isTooLong)
                    return false;
                Take(searched, isTooLong);
                _start = _end;
                return true;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private bool Fill()
    {
        if (_start > 0)
        {
            _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
            _end -= _start;
            _start = 0;
        }

        if (_end == _bytes.Length)
            Array.Resize(ref _bytes, 2 * _bytes.Length);
        int count = _stream.Read(_bytes, _end, _bytes.Length - _end);
        _end += count;
        return count > 0;
    }

    private void Take(int length, bool isTooLong)
    {
        Line++;
        if (isTooLong)
        {
            Problem = $"found a line of more than {MaxLineLength} bytes, expected CSV";
            return;
        }

        ReadOnlySpan<byte> bytes = _bytes.AsSpan(_start, length);
        if (Line == 1 && bytes.StartsWith("\uFEFF"u8))
            bytes = bytes["\uFEFF"u8.Length..];
        if (_line.Length < bytes.Length)
            _line = new char[2 * bytes.Length];
        Split(Encoding.UTF8.GetChars(bytes, _line));
    }

    private void Split(int length)
    {
        int position = 0;
        do
        {
            int comma = _line.AsSpan(position, length - position).IndexOf(',');
            int end = comma < 0 ? length : position + comma;
            int start = position + LeadingBlanks(_line.AsSpan(position, end - position));
            if (start < end && _line[start] == '"')
            {
                if (!Unquote(start, length, out (int, int) quoted, out end))
                {
                    FieldCount = 0;
                    Problem = "a quoted field does not end where it should";
                    return;
                }

                Add(quoted);
            }
            else
            {
                Add((position, end - position));
            }

            position = end + 1;
        }
        while (position <= length);
    }

    private static int LeadingBlanks(ReadOnlySpan<char> text) => text.Length - text.TrimStart().Length;

    /// <summary>Takes the quotes away, in place: of two in a row one remains.</summary>
    private bool Unquote(int quote, int length, out (int Start, int Length) field, out int end)
    {
        int write = quote;
        int read = quote + 1;
        bool isClosed = false;
        for (; read < length && !isClosed; read++)
        {
            isClosed = _line[read] == '"' && (read + 1 == length || _line[read + 1] != '"');
            if (!isClosed)
            {
                read += _line[read] == '"' ? 1 : 0;
                _line[write++] = _line[read];
            }
        }

        field = (quote, write - quote);
        int comma = _line.AsSpan(read, length - read).IndexOf(',');
        end = comma < 0 ? length : read + comma;
        return isClosed && _line.AsSpan(read, end - read).IsWhiteSpace();
    }

    private void Add((int, int) field)
    {
        if (FieldCount == _fields.Length)
            Array.Resize(ref _fields, 2 * _fields.Length);
        _fields[FieldCount++] = field;
    }
}
