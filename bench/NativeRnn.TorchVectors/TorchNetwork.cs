using static TorchSharp.torch;

namespace NativeRnn.TorchVectors;

/// <summary>This library's layers written in tensor operations from their equations, for automatic differentiation.</summary>
internal static class TorchNetwork
{
    /// <summary>Runs a batch [batch, steps, features] and gives [batch, rows, outputs].</summary>
    /// <param name="architecture">The network.</param>
    /// <param name="parameters">Its weights by name.</param>
    /// <param name="x">The batch.</param>
    /// <param name="targets">What a decoder reads at the step behind each, [batch, rows, outputs]; null without a decoder.</param>
    public static Tensor Run(Architecture architecture, IReadOnlyDictionary<string, Tensor> parameters, Tensor x, Tensor? targets = null)
    {
        Queue<(Tensor Hidden, Tensor Cell)> states = [];
        Tensor[] steps = RunChain(architecture, parameters, [.. x.unbind(1)], states);
        if (architecture.Decoder is not null)
        {
            Tensor[] given = [.. targets!.unbind(1)];
            steps = RunChain(architecture.Decoder, parameters, [zeros_like(given[0]), .. given[..^1]], states);
        }

        return stack(steps, dim: 1);
    }

    /// <summary>Runs a chain whose recurrent layers start from the states in the queue, if there are any, and leave their final ones there.</summary>
    private static Tensor[] RunChain(
        Architecture chain, IReadOnlyDictionary<string, Tensor> parameters, Tensor[] steps, Queue<(Tensor Hidden, Tensor Cell)> states)
    {
        bool isDecoder = states.Count > 0;
        foreach (NamedLayer layer in chain.Layers)
        {
            Tensor Parameter(string name) => parameters[$"{layer.Name}.{name}"];
            if (layer.Layer is RecurrentLayer recurrent)
            {
                (Tensor[] outputs, (Tensor, Tensor) final) = RunCell(recurrent, Parameter, steps, isDecoder ? states.Dequeue() : null);
                steps = recurrent.ReturnSequences ? outputs : [outputs[^1]];
                if (!isDecoder)
                    states.Enqueue(final);
            }
            else
            {
                steps = RunLayer(layer.Layer, Parameter, steps);
            }
        }

        return steps;
    }

    private static Tensor[] RunLayer(Layer layer, Func<string, Tensor> parameter, Tensor[] steps)
    {
        switch (layer)
        {
            case Dense dense:
                return [.. steps.Select(x => Activate(dense.Activation, x.matmul(parameter("kernel").t()) + parameter("bias")))];
            case Bidirectional both:
                Tensor[] forward = RunCell(both.Forward, name => parameter("forward." + name), steps, null).Outputs;
                Tensor[] backward = RunCell(both.Backward, name => parameter("backward." + name), [.. steps.Reverse()], null).Outputs;
                if (!both.Forward.ReturnSequences)
                    return [Join(both.Merge, forward[^1], backward[^1])];
                Array.Reverse(backward);
                return [.. forward.Zip(backward, (ahead, back) => Join(both.Merge, ahead, back))];
            default:
                throw new ArgumentException($"No tensor form of {layer.Kind}.");
        }
    }

    private static Tensor Join(Merge merge, Tensor forward, Tensor backward) => merge switch
    {
        Merge.Concat => cat([forward, backward], dim: -1),
        Merge.Sum => forward + backward,
        Merge.Multiply => forward * backward,
        Merge.Average => (forward + backward) / 2,
        _ => throw new ArgumentOutOfRangeException(nameof(merge)),
    };

    private static (Tensor[] Outputs, (Tensor Hidden, Tensor Cell) Final) RunCell(
        RecurrentLayer layer, Func<string, Tensor> parameter, Tensor[] steps, (Tensor Hidden, Tensor Cell)? start)
    {
        int stateSize = layer is OutputRecurrentRnn jordan ? jordan.Outputs : layer.Units;
        Tensor h = start?.Hidden ?? zeros(steps[0].shape[0], stateSize, dtype: ScalarType.Float64);
        Tensor c = start?.Cell ?? zeros_like(h);
        List<Tensor> outputs = [];
        foreach (Tensor x in steps)
        {
            switch (layer)
            {
                case SimpleRnn simple:
                    h = Activate(simple.Activation, Linear(parameter, x, h));
                    break;
                case OutputRecurrentRnn output:
                    Tensor hidden = Activate(output.Activation, Linear(parameter, x, h));
                    h = hidden.matmul(parameter("output_kernel").t()) + parameter("output_bias");
                    break;
                case Gru gru:
                    h = StepGru(gru, parameter, x, h);
                    break;
                case Lstm lstm:
                    (h, c) = StepLstm(lstm, parameter, x, h, c);
                    break;
                default:
                    throw new ArgumentException($"No tensor form of {layer.Kind}.");
            }

            outputs.Add(h);
        }

        return ([.. outputs], (h, c));
    }

    /// <summary>W x + R h + b of all gates side by side.</summary>
    private static Tensor Linear(Func<string, Tensor> parameter, Tensor x, Tensor h)
        => x.matmul(parameter("kernel").t()) + h.matmul(parameter("recurrent_kernel").t()) + parameter("bias");

    private static Tensor StepGru(Gru layer, Func<string, Tensor> parameter, Tensor x, Tensor h)
    {
        Tensor[] input = (x.matmul(parameter("kernel").t()) + parameter("bias")).chunk(3, dim: -1);
        Tensor[] matrices = parameter("recurrent_kernel").chunk(3, dim: 0);
        Tensor[] recurrent = [.. matrices.Select(matrix => h.matmul(matrix.t()))];
        if (layer.ResetAfter)
            recurrent = [.. recurrent.Zip(parameter("recurrent_bias").chunk(3, dim: -1), (product, bias) => product + bias)];

        Tensor z = Activate(layer.RecurrentActivation, input[0] + recurrent[0]);
        Tensor r = Activate(layer.RecurrentActivation, input[1] + recurrent[1]);
        Tensor n = Activate(layer.Activation, layer.ResetAfter ? input[2] + r * recurrent[2] : input[2] + (r * h).matmul(matrices[2].t()));
        return z * h + (1 - z) * n;
    }

    private static (Tensor Hidden, Tensor Cell) StepLstm(Lstm layer, Func<string, Tensor> parameter, Tensor x, Tensor h, Tensor c)
    {
        // Gates i, f, g, o; coupled gates lack i.
        List<Tensor> gates = [.. Linear(parameter, x, h).chunk(layer.CoupledGates ? 3 : 4, dim: -1)];
        List<Tensor> peepholes = layer.Peepholes ? [.. parameter("peephole").chunk(layer.CoupledGates ? 2 : 3, dim: -1)] : [];
        Tensor Gate(int gate, int peephole, Tensor cell)
            => Activate(layer.RecurrentActivation, layer.Peepholes ? gates[gate] + peepholes[peephole] * cell : gates[gate]);

        int f = layer.CoupledGates ? 0 : 1;
        Tensor forget = Gate(f, f, c);
        Tensor input = layer.CoupledGates ? 1 - forget : Gate(0, 0, c);
        Tensor cell = forget * c + input * Activate(layer.Activation, gates[f + 1]);
        Tensor output = Gate(f + 2, f + 1, cell);
        return (output * Activate(layer.Activation, cell), cell);
    }

    private static Tensor Activate(Activation activation, Tensor x) => activation.Kind switch
    {
        ActivationKind.Linear => x,
        ActivationKind.Tanh => x.tanh(),
        ActivationKind.Sigmoid => x.sigmoid(),
        ActivationKind.Relu => x.relu(),
        ActivationKind.LeakyRelu => nn.functional.leaky_relu(x, activation.Alpha),
        ActivationKind.Elu => nn.functional.elu(x, activation.Alpha),
        ActivationKind.Selu => nn.functional.selu(x),
        ActivationKind.Softplus => nn.functional.softplus(x, 1, 1000),
        ActivationKind.Softsign => nn.functional.softsign(x),
        ActivationKind.Softmax => x.softmax(-1),
        ActivationKind.Gelu => nn.functional.gelu(x),
        ActivationKind.HardSigmoidKeras2 => (x * 0.2 + 0.5).clamp(0, 1),
        // Not hardsigmoid(x): its gradient takes 1/6 in single precision even for doubles.
        ActivationKind.HardSigmoidKeras3 => (x / 6 + 0.5).clamp(0, 1),
        _ => throw new ArgumentOutOfRangeException(nameof(activation)),
    };
}
