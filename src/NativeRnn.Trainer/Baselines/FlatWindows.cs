using NativeRnn.Training;

namespace NativeRnn.Trainer;

/// <summary>Windows as single rows: a sample is one time step of all the window's values, <c>[1, window * features]</c>.</summary>
/// <param name="windows">The windows.</param>
internal sealed class FlatWindows(WindowSource windows) : SampleSource
{
    public override int Count => windows.Count;

    public override int Steps => 1;

    public override int InputSize => windows.Steps * windows.InputSize;

    public override int TargetRows => windows.TargetRows;

    public override int OutputSize => windows.OutputSize;

    public override void Read(ReadOnlySpan<int> indices, Span<float> inputs, Span<float> targets) => windows.Read(indices, inputs, targets);
}
