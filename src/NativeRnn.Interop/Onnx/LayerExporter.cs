using NativeRnn.Interop.Onnx.Proto;
using static NativeRnn.Interop.Onnx.OnnxGraphWriter;

namespace NativeRnn.Interop.Onnx;

/// <summary>Writes one layer as ONNX nodes. Sequences are [steps, batch, features], what comes after the last step [batch, features].</summary>
internal sealed class LayerExporter(OnnxGraphWriter graph, string name, Func<string, float[]> weights)
{
    private const int GeluOperatorSet = 20;

    /// <returns>The name of the layer's output.</returns>
    /// <exception cref="NotSupportedException">ONNX cannot say what the layer computes.</exception>
    public string Write(Layer layer, int inputSize, string input) => layer switch
    {
        RecurrentLayer recurrent => WriteRecurrent(recurrent, inputSize, input, "forward", name, weights),
        Bidirectional both => WriteBidirectional(both, inputSize, input),
        Dense dense => WriteDense(dense, inputSize, input),
        Embedding embedding => WriteEmbedding(embedding, input),
        Dropout dropout => graph.Add(name, "Dropout", [input, graph.Tensor(name + ".ratio", [dropout.Rate])]),
        Reverse => graph.Add(
            name, "Slice",
            [
                input, graph.Tensor(name + ".starts", [-1L], 1), graph.Tensor(name + ".ends", [long.MinValue], 1),
                graph.Tensor(name + ".axes", [0L], 1), graph.Tensor(name + ".steps", [-1L], 1),
            ]),
        LastStep => graph.Add(name, "Gather", [input, graph.Tensor(name + ".index", [-1L])], Integer("axis", 0)),
        _ => throw Refusal(name, $"a layer of kind {layer.Kind}"),
    };

    private static NotSupportedException Refusal(string place, string what) => new($"{place}: ONNX cannot say {what}.");

    /// <summary>The numbers of symbols are the one feature of the input, as float32 like every other input.</summary>
    private string WriteEmbedding(Embedding layer, string input)
    {
        string numbers = graph.Add(name + ".numbers", "Cast", [input], Integer("to", TensorReader.Int64));
        string symbols = graph.Add(name + ".symbols", "Squeeze", [numbers, graph.Tensor(name + ".axes", [2L], 1)]);
        return graph.Add(name, "Gather", [graph.Tensor(name + ".embeddings", weights("embeddings"), layer.Symbols, layer.Units), symbols], Integer("axis", 0));
    }

    private string WriteBidirectional(Bidirectional layer, int inputSize, string input)
    {
        string forward = Direction(layer.Forward, "forward", "forward");
        string backward = Direction(layer.Backward, "backward", "reverse");
        string[] both = [forward, backward];
        return layer.Merge switch
        {
            Merge.Concat => graph.Add(name, "Concat", both, Integer("axis", -1)),
            Merge.Sum => graph.Add(name, "Add", both),
            Merge.Multiply => graph.Add(name, "Mul", both),
            _ => graph.Add(name, "Mean", both),
        };

        string Direction(RecurrentLayer inner, string prefix, string direction)
            => WriteRecurrent(inner, inputSize, input, direction, $"{name}.{prefix}", parameter => weights($"{prefix}.{parameter}"));
    }

    private string WriteOutputRecurrent(OutputRecurrentRnn layer, int inputSize, string input, string direction, string place, Func<string, float[]> parameters)
    {
        OutputRecurrence recurrence = OutputRecurrence.Of(layer, inputSize, parameters) ?? throw Refusal(place, $"an output that is fed back through the activation {layer.Activation}");
        SimpleRnn simple = recurrence.Layer;
        string hidden = WriteRecurrent(simple, inputSize, input, direction, place, parameter => recurrence.Weights[parameter]);
        return WriteProduct(place + ".output", hidden, recurrence.OutputKernel, parameters("output_bias"), simple.Units);
    }

    private string WriteRecurrent(RecurrentLayer layer, int inputSize, string input, string direction, string place, Func<string, float[]> parameters)
    {
        if (layer is OutputRecurrentRnn output)
            return WriteOutputRecurrent(output, inputSize, input, direction, place, parameters);
        (string type, int gates, int[] order, Activation[] activations) = layer switch
        {
            SimpleRnn rnn => ("RNN", 1, new[] { 0 }, new[] { rnn.Activation }),
            Gru gru => ("GRU", 3, [0, 1, 2], [gru.RecurrentActivation, gru.Activation]),
            // Coupled: the forget gate turns into the input gate; the block of the forget gate, which is not looked at, is anything.
            Lstm lstm => ("LSTM", 4, lstm.CoupledGates ? [0, 2, 0, 1] : GateOrder.LstmToOnnx, [lstm.RecurrentActivation, lstm.Activation, lstm.OutputActivation]),
            _ => throw Refusal(place, $"a layer of kind {layer.Kind}"),
        };
        bool isCoupled = layer is Lstm { CoupledGates: true };
        if (isCoupled && !GateOrder.IsSymmetric(activations[0]))
            throw Refusal(place, $"coupled gates with the gate activation {activations[0]}, whose input gate is no function of the same kind");

        int rows = gates * layer.Units;
        float[] recurrentBias = layer is Gru { ResetAfter: true } ? parameters("recurrent_bias") : new float[rows];
        List<string> inputs =
        [
            input,
            graph.Tensor(place + ".W", Gates("kernel"), 1, rows, inputSize),
            graph.Tensor(place + ".R", Gates("recurrent_kernel"), 1, rows, layer.Units),
            graph.Tensor(place + ".B", [.. Gates("bias"), .. recurrentBias], 1, 2 * rows),
        ];
        bool hasPeepholes = layer is Lstm { Peepholes: true };
        if (layer.HasInitialState || hasPeepholes)
            inputs.AddRange("", layer.HasInitialState ? InitialState("initial_hidden") : "");
        if (layer is Lstm && inputs.Count > 4)
            inputs.Add(layer.HasInitialState ? InitialState("initial_cell") : "");
        if (hasPeepholes)
            inputs.Add(graph.Tensor(place + ".P", Peepholes(), 1, 3 * layer.Units));

        List<AttributeProto> attributes = [Integer("hidden_size", layer.Units), Text("direction", direction), .. Activations(place, activations)];
        if (layer is Gru { ResetAfter: true })
            attributes.Add(Integer("linear_before_reset", 1));
        if (isCoupled)
            attributes.Add(Integer("input_forget", 1));
        if (layer.Clip > 0)
            attributes.Add(Number("clip", layer.Clip));
        string states = place + (layer.ReturnSequences ? ".Y" : ".Y_h");
        string[] outputs = layer.ReturnSequences ? [states] : ["", states];
        graph.Add(place, type, [.. inputs], outputs, [.. attributes]);
        // Y is [steps, directions, batch, units], Y_h [directions, batch, units].
        return graph.Add(place + ".squeezed", "Squeeze", [states, graph.Tensor(place + ".axes", [layer.ReturnSequences ? 1L : 0L], 1)]);

        float[] Gates(string parameter)
        {
            float[] values = parameters(parameter);
            if (isCoupled)
                GateOrder.NegateFirst(values, 3);
            return GateOrder.Reorder(values, isCoupled ? 3 : gates, order);
        }

        // One state for a batch of any size.
        string InitialState(string parameter)
        {
            string state = $"{place}.{parameter}", one = graph.Tensor(state + ".one", [1L], 1);
            string size = graph.Add(state + ".size", "Gather", [graph.Add(state + ".shape", "Shape", [input]), one], Integer("axis", 0));
            string sizes = graph.Add(state + ".sizes", "Concat", [one, size, one], Integer("axis", 0));
            return graph.Add(state, "Expand", [graph.Tensor(state + ".row", parameters(parameter), 1, 1, layer.Units), sizes]);
        }

        float[] Peepholes()
        {
            float[] values = parameters("peephole");
            return isCoupled
                ? GateOrder.Reorder(GateOrder.NegateFirst(values, 2), 2, [0, 1, 0])
                : GateOrder.Reorder(values, 3, GateOrder.Peepholes);
        }
    }

    private static List<AttributeProto> Activations(string place, Activation[] activations)
    {
        List<string> names = [];
        List<float> alphas = [], betas = [];
        foreach (Activation activation in activations)
        {
            (string function, float? alpha, float? beta) = OnnxActivations.ToRecurrent(activation)
                ?? throw Refusal(place, $"the activation {activation} within a recurrent layer");
            names.Add(function);
            if (alpha is float a)
                alphas.Add(a);
            if (beta is float b)
                betas.Add(b);
        }

        List<AttributeProto> attributes = [Texts("activations", names)];
        if (alphas.Count > 0)
            attributes.Add(Numbers("activation_alpha", alphas));
        if (betas.Count > 0)
            attributes.Add(Numbers("activation_beta", betas));
        return attributes;
    }

    /// <summary>kernel x + bias, the kernel [outputs, inputs].</summary>
    private string WriteProduct(string place, string input, float[] kernel, float[] bias, int inputs)
    {
        float[] transposed = DenseOperators.Transposed(kernel, bias.Length, inputs);
        string product = graph.Add(place + ".product", "MatMul", [input, graph.Tensor(place + ".kernel", transposed, inputs, bias.Length)]);
        return graph.Add(place + ".sum", "Add", [product, graph.Tensor(place + ".bias", bias, bias.Length)]);
    }

    private string WriteDense(Dense layer, int inputSize, string input)
    {
        string sum = WriteProduct(name, input, weights("kernel"), weights("bias"), inputSize);
        switch (layer.Activation.Kind)
        {
            case ActivationKind.Linear:
                return sum;
            case ActivationKind.LeakyRelu or ActivationKind.Elu or ActivationKind.ThresholdedRelu:
                return graph.Add(name, layer.Activation.Kind.ToString(), [sum], Number("alpha", layer.Activation.Alpha));
            case ActivationKind.HardSigmoidKeras2 or ActivationKind.HardSigmoidKeras3 or ActivationKind.HardSigmoid:
                (_, float? alpha, float? beta) = OnnxActivations.ToRecurrent(layer.Activation)!.Value;
                return graph.Add(name, "HardSigmoid", [sum], Number("alpha", alpha!.Value), Number("beta", beta!.Value));
            case ActivationKind.Affine:
                return graph.Add(name, "Add", [Times(sum, "alpha", layer.Activation.Alpha), Scalar("beta", layer.Activation.Beta)]);
            case ActivationKind.ScaledTanh:
                string tanh = graph.Add(name + ".tanh", "Tanh", [Times(sum, "beta", layer.Activation.Beta)]);
                return graph.Add(name, "Mul", [tanh, Scalar("alpha", layer.Activation.Alpha)]);
            case ActivationKind.Softmax:
                return graph.Add(name, "Softmax", [sum], Integer("axis", -1));
            case ActivationKind.Gelu:
                graph.OperatorSet = GeluOperatorSet;
                return graph.Add(name, "Gelu", [sum]);
            default:
                return graph.Add(name, layer.Activation.Kind.ToString(), [sum]);
        }

        string Scalar(string parameter, float number) => graph.Tensor($"{name}.{parameter}", [number]);

        string Times(string value, string parameter, float factor) => graph.Add($"{name}.times_{parameter}", "Mul", [value, Scalar(parameter, factor)]);
    }
}
