namespace NativeRnn.Training;

/// <summary>A checkpoint is damaged, or it is not one of the training that should go on from it.</summary>
public sealed class CheckpointException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The checkpoint's file.</param>
    /// <param name="problem">What was found and what was expected.</param>
    public CheckpointException(string path, string problem) : base($"{path} cannot be resumed: {problem}")
    {
    }
}
