namespace NativeRnn.Trainer;

/// <summary>A training spec is not one that can be followed.</summary>
/// <param name="file">The spec's file.</param>
/// <param name="place">The JSON path of what is wrong, or its line where the text is not JSON.</param>
/// <param name="problem">What was found and what was expected.</param>
/// <param name="innerException">The cause, or null.</param>
internal sealed class SpecException(string file, string place, string problem, Exception? innerException = null)
    : Exception($"{file}, {place}: {problem}", innerException);
