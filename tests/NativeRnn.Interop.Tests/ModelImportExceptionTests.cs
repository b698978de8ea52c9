namespace NativeRnn.Interop.Tests;

public class ModelImportExceptionTests
{
    [Fact]
    public void KeepsItsCause()
    {
        var cause = new InvalidDataException("short");
        Assert.Same(cause, new ModelImportException("damaged", cause).InnerException);
    }
}
