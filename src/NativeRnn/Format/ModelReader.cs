namespace NativeRnn;

internal static class ModelReader
{
    public static RnnModel Load(string path) => throw new NotImplementedException();

    public static RnnModel Parse(ReadOnlySpan<byte> file) => throw new NotImplementedException();
}
