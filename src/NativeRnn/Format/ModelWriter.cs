namespace NativeRnn;

internal static class ModelWriter
{
    public static void Save(RnnModel model, string path) => throw new NotImplementedException();

    public static byte[] ToBytes(RnnModel model) => throw new NotImplementedException();
}
