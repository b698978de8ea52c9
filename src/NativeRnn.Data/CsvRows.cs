using Sylvan.Data.Csv;

namespace NativeRnn.Data;

/// <summary>
/// The records of a CSV text one after the other, each with its line in the file. Sylvan splits records into fields (quotes,
/// CRLF, LF and CR); the header is not left to it, so that blank lines before it do no harm and every error has its line.
/// </summary>
internal sealed class CsvRows : IDisposable
{
    /// <summary>A record longer than this many characters is taken for a file that is not CSV.</summary>
    private const int MaxRecordLength = 1 << 22;

    private readonly CsvDataReader _reader;
    private int _nextLine = 1;

    public CsvRows(TextReader text, string file)
    {
        File = file;
        CsvDataReaderOptions options = new()
        {
            HasHeaders = false,
            Delimiter = ',',
            // '#' may begin a header. Sylvan cannot be told that there are no comments; no text line begins with a NUL.
            Comment = '\0',
            CommentHandler = (Action<string>)(static _ => throw new CommentFound()),
            BufferSize = 1 << 16,
            MaxBufferSize = MaxRecordLength,
            Culture = CultureInfo.InvariantCulture,
        };
        try
        {
            // A reader over bytes takes the byte order mark away; one over characters may still have it.
            if (text.Peek() == '\uFEFF')
                text.Read();
            _reader = Guard(() => CsvDataReader.Create(text, options));
        }
        catch
        {
            text.Dispose();
            throw;
        }
    }

    public string File { get; }

    /// <summary>The line on which the record begins, counted from 1.</summary>
    public int Line { get; private set; }

    /// <summary>The number of fields of the record.</summary>
    public int FieldCount => _reader.RowFieldCount;

    /// <summary>Whether the record is a line with nothing but blanks.</summary>
    public bool IsBlank => FieldCount <= 1 && _reader.GetRawRecordSpan().IsWhiteSpace();

    /// <summary>A field of the record, without the quotes and without blanks around it.</summary>
    public ReadOnlySpan<char> this[int field] => _reader.GetFieldSpan(field).Trim();

    /// <summary>Goes to the next record.</summary>
    /// <returns>False at the end of the text.</returns>
    public bool Read()
    {
        Line = _nextLine;
        if (!Guard(_reader.Read))
            return false;
        _nextLine += LineEnds(_reader.GetRawRecordSpan());
        return true;
    }

    /// <summary>Goes to the next record that is not blank.</summary>
    /// <returns>False at the end of the text.</returns>
    public bool ReadFilled()
    {
        while (Read())
        {
            if (!IsBlank)
                return true;
        }

        return false;
    }

    public void Dispose() => _reader.Dispose();

    private static int LineEnds(ReadOnlySpan<char> record)
    {
        int returns = record.Count('\r');
        int feeds = record.Count('\n');
        return returns == 0 ? feeds : feeds + returns - record.Count("\r\n");
    }

    private T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CsvRecordTooLargeException exception)
        {
            throw new DataFormatException(
                $"found a record of more than {MaxRecordLength} characters, expected CSV", File, _nextLine, innerException: exception);
        }
        catch (CsvInvalidCharacterException exception)
        {
            throw new DataFormatException("a quoted field does not end where it should", File, _nextLine, innerException: exception);
        }
        catch (Exception exception) when (exception is CsvFormatException or CommentFound)
        {
            throw new DataFormatException("found what is not CSV text", File, _nextLine, innerException: exception);
        }
    }

    private sealed class CommentFound : Exception;
}
