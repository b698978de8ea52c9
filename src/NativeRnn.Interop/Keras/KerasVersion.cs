using System.Globalization;

namespace NativeRnn.Interop.Keras;

/// <summary>The version of Keras that wrote a file: some names and defaults mean other things in other versions.</summary>
/// <param name="Text">As the file says it, such as <c>2.2.4-tf</c> or <c>3.6.0</c>.</param>
/// <param name="Major">2 or 3.</param>
/// <param name="Minor">The second number.</param>
internal sealed record KerasVersion(string Text, int Major, int Minor)
{
    /// <summary>
    /// What recurrent layers do where their configuration is silent: true for sigmoid gates and a GRU's reset after, false for hard
    /// sigmoid gates and reset before, null where the version does not tell.
    /// </summary>
    public bool? HasModernRecurrentDefaults
    {
        get
        {
            if (Major >= 3 || Minor >= 4)
                return true;
            // 2.2.4-tf is the name of TensorFlow 1.13 as well as 2.0, which differ.
            return Minor < 3 && !Text.EndsWith("-tf", StringComparison.Ordinal) ? false : null;
        }
    }

    /// <summary>Reads a version.</summary>
    /// <exception cref="ModelImportException">It is not one, or not one of Keras 2 or 3.</exception>
    public static KerasVersion Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            throw new ModelImportException("the file does not say which version of Keras wrote it (keras_version), on which the meaning of its activations depends");

        string[] parts = text.Split('.');
        if (parts.Length < 2
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor))
        {
            throw new ModelImportException($"keras_version is '{text}', which is not a version");
        }

        return major is 2 or 3
            ? new KerasVersion(text, major, minor)
            : throw new ModelImportException($"the file was written by Keras {text}, but only files of Keras 2 and 3 are supported");
    }
}
