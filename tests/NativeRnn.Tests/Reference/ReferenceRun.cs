namespace NativeRnn.Tests.Reference;

/// <summary>What a reference run gives.</summary>
/// <param name="Outputs">One row a time step, or a single row (many-to-one).</param>
/// <param name="FinalState">The state after the run, in the layout of <see cref="RnnState"/>.</param>
internal sealed record ReferenceRun(double[][] Outputs, double[] FinalState);
