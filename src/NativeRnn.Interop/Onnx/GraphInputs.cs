using NativeRnn.Interop.Onnx.Proto;

namespace NativeRnn.Interop.Onnx;

/// <summary>Which input of a graph is the sequences, which are initial states, and which the lengths of the sequences, told by their use.</summary>
internal sealed class GraphInputs
{
    private const int Most = 64;

    private GraphInputs(ValueInfoProto sequences, List<ValueInfoProto> states, List<ValueInfoProto> lengths)
    {
        Sequences = sequences;
        States = states;
        Lengths = lengths;
    }

    /// <summary>The network's own input.</summary>
    public ValueInfoProto Sequences { get; }

    /// <summary>Those that are used as initial states of recurrent nodes.</summary>
    public IReadOnlyList<ValueInfoProto> States { get; }

    /// <summary>Those that are used as the lengths of sequences.</summary>
    public IReadOnlyList<ValueInfoProto> Lengths { get; }

    /// <exception cref="ModelImportException">There is not one input that is the sequences.</exception>
    public static GraphInputs Of(IReadOnlyList<ValueInfoProto> inputs, IReadOnlyList<NodeProto> nodes)
    {
        if (inputs.Count is 0 or > Most)
            throw Miscounted(inputs);
        Uses uses = Uses.Of(inputs, nodes);
        ILookup<int, ValueInfoProto> byUse = inputs.Select((input, i) => (input, Use: uses.Of(i))).ToLookup(pair => pair.Use, pair => pair.input);
        ValueInfoProto[] sequences = [.. byUse[Uses.Sequences]];
        return sequences.Length == 1
            ? new GraphInputs(sequences[0], [.. byUse[Uses.States]], [.. byUse[Uses.Lengths]])
            : throw Miscounted(sequences.Length == 0 ? inputs : sequences);
    }

    private static ModelImportException Miscounted(IReadOnlyList<ValueInfoProto> inputs)
        => new($"The graph has {inputs.Count} inputs ({string.Join(", ", inputs.Take(Most).Select(input => input.Name))}), expected 1: the sequences.");

    /// <summary>What inputs come to be used as; sets of inputs are the bits of a number.</summary>
    private sealed class Uses
    {
        public const int Sequences = 0;
        public const int States = 1;
        public const int Lengths = 2;

        private readonly ulong[] _byUse = new ulong[3];

        public static Uses Of(IReadOnlyList<ValueInfoProto> inputs, IReadOnlyList<NodeProto> nodes)
        {
            Uses uses = new();
            Dictionary<string, ulong> reach = [];
            for (int i = 0; i < inputs.Count; i++)
                reach[inputs[i].Name] = 1UL << i;
            foreach (NodeProto node in nodes)
            {
                ulong through = uses.Follow(node, input => input < node.Input.Count ? reach.GetValueOrDefault(node.Input[input]) : 0);
                foreach (string output in node.Output)
                    reach[output] = through;
            }

            return uses;
        }

        /// <summary>What an input is, the sequences where nothing else is known of it.</summary>
        public int Of(int input)
        {
            ulong bit = 1UL << input;
            bool isSequences = (_byUse[Sequences] & bit) != 0;
            return isSequences ? Sequences : (_byUse[States] & bit) != 0 ? States : (_byUse[Lengths] & bit) != 0 ? Lengths : Sequences;
        }

        private ulong Follow(NodeProto node, Func<int, ulong> of)
        {
            switch (node.OpType)
            {
                case "RNN" or "GRU" or "LSTM":
                    _byUse[Sequences] |= of(0);
                    _byUse[Lengths] |= of(4);
                    _byUse[States] |= of(5) | of(6);
                    return of(0);
                case "ReverseSequence":
                    _byUse[Lengths] |= of(1);
                    return of(0);
                case "Shape":
                    return 0;
                default:
                    return Enumerable.Range(0, node.Input.Count).Aggregate(0UL, (all, input) => all | of(input));
            }
        }
    }
}
