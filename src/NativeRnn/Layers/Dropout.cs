namespace NativeRnn;

/// <summary>Drops a fraction of the features while training (and scales the rest up); does nothing at inference.</summary>
public sealed record Dropout : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="rate">The fraction dropped, at least 0 and below 1.</param>
    public Dropout(float rate) => Rate = rate;

    /// <summary>The fraction dropped.</summary>
    public float Rate { get; }

    /// <inheritdoc/>
    public override string Kind => "dropout";

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => inputSize;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterShape> Parameters(int inputSize) => [];

    internal override string Describe() => string.Create(CultureInfo.InvariantCulture, $"rate {Rate}");

    internal override void Validate(string name) => ValidateRate(name, nameof(Rate), Rate);
}
