namespace NativeRnn.Interop.Onnx;

/// <summary>
/// An input of the graph that is not the sequences: initial states, or lengths of sequences. Moved about by operators that change no number,
/// it stays what it is.
/// </summary>
/// <param name="name">The input's name.</param>
/// <param name="dimensions">Its dimensions; null once it was moved about.</param>
internal sealed class RunInput(string name, Axis[]? dimensions) : Value
{
    public string Name { get; } = name;

    public Axis[]? Dimensions { get; } = dimensions;

    /// <summary>The outputs of a node on such inputs, or null for an operator that would change the numbers.</summary>
    public static Value[]? Apply(OnnxNode node)
    {
        RunInput input = Enumerable.Range(0, node.InputCount).Select(i => node[i]).OfType<RunInput>().First();
        node.Ignore("axis", "axes", "perm", "starts", "ends", "steps", "split", "num_outputs", "to", "allowzero", "saturate");
        switch (node.Operator)
        {
            case "Identity" or "Cast":
                return [input];
            case "Shape" when input.Dimensions is { } dimensions:
                return [ConstantFolding.Shape(node, Array.ConvertAll(dimensions, Size.Of))];
            case "Slice" or "Gather" or "Squeeze" or "Unsqueeze" or "Transpose" or "Reshape" or "Expand" when node[0] is RunInput:
                return [new RunInput(input.Name, null)];
            case "Split":
                return [.. Enumerable.Repeat(new RunInput(input.Name, null), node.OutputCount)];
            // Zeros may stand beside states, which start from zeros too.
            case "Concat" when Enumerable.Range(0, node.InputCount).All(i => node[i] is RunInput or Fill { IsZero: true } or Constant { IsZero: true }):
                return [new RunInput(input.Name, null)];
            default:
                return null;
        }
    }
}
