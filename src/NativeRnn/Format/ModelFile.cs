namespace NativeRnn;

/// <summary>The numbers of the weight-file format that reader and writer share. FORMAT.md explains them.</summary>
internal static class ModelFile
{
    /// <summary>The version of files whose weights are all float32.</summary>
    public const uint Float32Version = 1;

    /// <summary>The version of files with a matrix of another type, which readers of the first version cannot read.</summary>
    public const uint QuantizedVersion = 2;

    public const int HeaderLength = 32;
    public const int VersionOffset = 4;
    public const int FileLengthOffset = 8;
    public const int ArchitectureLengthOffset = 16;
    public const int RecipeLengthOffset = 20;
    public const int TensorCountOffset = 24;
    public const int FlagsOffset = 28;

    public const int TensorEntryLength = 24;
    public const int TensorAlignment = 64;
    public const int ChecksumLength = 4;

    /// <summary>1.5 GiB: <see cref="Architecture.MaxParameters"/> weights and half as much again for a self-test.</summary>
    public const long MaxFileLength = 3L << 29;

    /// <summary>
    /// Strings and the objects of an input take several times their bytes in the file, so a bound on the whole recipe bounds
    /// what a hostile file can make us allocate. It is room for well over a thousand inputs.
    /// </summary>
    public const int MaxRecipeLength = 1 << 16;

    /// <summary>The same bound for a vocabulary: room for <see cref="Vocabulary.MaxSymbols"/> symbols of 14 bytes.</summary>
    public const int MaxVocabularyLength = 1 << 18;

    /// <summary>An input with empty strings: two lengths and two numbers.</summary>
    public const int MinRecipeInputLength = 20;

    public static ReadOnlySpan<byte> Magic => "NRNN"u8;

    public static long AlignTensor(long offset) => (offset + TensorAlignment - 1) & -TensorAlignment;
}

/// <summary>The flags of the header.</summary>
[Flags]
internal enum ModelFileFlags : uint
{
    None = 0,
    All = SelfTest | Vocabulary | Decoder,
    SelfTest = 1,
    Vocabulary = 2,
    Decoder = 4,
}

/// <summary>The kinds of layer records.</summary>
internal enum LayerKind : ushort
{
    SimpleRnn = 1,
    OutputRecurrentRnn = 2,
    Gru = 3,
    Lstm = 4,
    Bidirectional = 5,
    Dense = 6,
    Dropout = 7,
    Reverse = 8,
    LastStep = 9,
    Embedding = 10,
}

/// <summary>The flags of a recurrent layer's record; a kind knows <see cref="Common"/> and its own.</summary>
[Flags]
internal enum RecurrentFlags : uint
{
    None = 0,
    Common = ReturnSequences | InitialState | Clip,
    ReturnSequences = 1,
    ResetAfter = 2,
    CoupledGates = 4,
    Peepholes = 8,
    InitialState = 16,
    Clip = 32,
    OutputActivation = 64,
}
