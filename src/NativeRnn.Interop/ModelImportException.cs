namespace NativeRnn.Interop;

/// <summary>
/// A model file of another tool cannot become the same model here: it is damaged, or says something that is not supported. The
/// message names the file's part (node, layer, tensor) and what was expected.
/// </summary>
public sealed class ModelImportException : Exception
{
    /// <summary>A refusal with its reason.</summary>
    /// <param name="message">What is wrong, where, and what was expected.</param>
    public ModelImportException(string message)
        : base(message)
    {
    }

    /// <summary>A refusal that another exception explains.</summary>
    /// <param name="message">What is wrong, where, and what was expected.</param>
    /// <param name="innerException">What was thrown on the way.</param>
    public ModelImportException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
