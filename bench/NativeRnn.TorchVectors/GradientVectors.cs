using NativeRnn.Vectors;
using TorchSharp;
using static TorchSharp.torch;

namespace NativeRnn.TorchVectors;

/// <summary>
/// Losses and their gradients by PyTorch's automatic differentiation, in double precision, of every layer, variant and loss.
/// </summary>
internal static class GradientVectors
{
    private const int InputSize = 3;
    private const int Steps = 4;
    private const int DecoderSteps = 3;

    // Odd, so that the equal and opposite gradients of absolute errors cannot cancel in a bias.
    private const int Batch = 3;

    private static readonly Dictionary<string, RecurrentLayer> Cells = new()
    {
        ["simple_rnn"] = new SimpleRnn(3),
        ["output_recurrent_rnn"] = new OutputRecurrentRnn(3, 2),
        ["gru reset before"] = new Gru(3),
        ["gru reset after"] = new Gru(3) { ResetAfter = true },
        ["lstm"] = new Lstm(3),
        ["lstm coupled"] = new Lstm(3) { CoupledGates = true },
        ["lstm peepholes"] = new Lstm(3) { Peepholes = true },
        ["lstm coupled peepholes"] = new Lstm(3) { CoupledGates = true, Peepholes = true },
    };

    public static IReadOnlyList<VectorCase> Create()
    {
        ShortNumbers numbers = new(seed: 1_986);
        List<VectorCase> cases = [];

        foreach ((string name, RecurrentLayer cell) in Cells)
        {
            Add($"{name}, last step", "mse", [cell, new Dense(2)]);
            Add($"{name}, every step", "mse", [cell with { ReturnSequences = true }, new Dense(2)]);
        }

        foreach (bool everyStep in new[] { false, true })
        {
            string rows = everyStep ? "every step" : "last step";
            RecurrentLayer gru = new Gru(3) { ReturnSequences = everyStep };
            Add($"mae, {rows}", "mae", [gru, new Dense(2)]);
            Add($"huber 1, {rows}", "huber", [gru, new Dense(2)], delta: 1);
            Add($"huber 0.25, {rows}", "huber", [gru, new Dense(2)], delta: 0.25);
            Add($"bce, {rows}", "bce", [gru, new Dense(2) { Activation = Activation.Sigmoid }]);
            Add($"cce, {rows}", "cce", [gru, new Dense(3) { Activation = Activation.Softmax }]);
        }

        Add("every step given, loss at the last", "mse", [new Gru(3) { ReturnSequences = true }, new Dense(2)], lossAtLastStep: true);

        foreach (Merge merge in Enum.GetValues<Merge>())
            foreach (bool everyStep in new[] { false, true })
            {
                Gru forward = new(3) { ReturnSequences = everyStep };
                Lstm backward = new(3) { ReturnSequences = everyStep };
                Add(
                    $"bidirectional gru and lstm, {merge}, {(everyStep ? "every step" : "last step")}", "mse",
                    [new Bidirectional(forward, backward) { Merge = merge }, new Dense(2)]);
            }

        Add(
            "stack of gru, lstm and simple_rnn", "mse",
            [
                new Gru(3) { ReturnSequences = true, ResetAfter = true },
                new Lstm(4) { ReturnSequences = true, Peepholes = true },
                new SimpleRnn(3),
                new Dense(2),
            ]);
        Add(
            "stack of dense, bidirectional and output_recurrent_rnn", "mae",
            [
                new Dense(4) { Activation = Activation.Tanh },
                new Bidirectional(new Gru(3) { ReturnSequences = true }),
                new OutputRecurrentRnn(4, 3) { ReturnSequences = true },
                new Dense(1),
            ]);

        // PyTorch has the functions up to this one; those behind it are ONNX's.
        foreach (Activation activation in Enum.GetValues<ActivationKind>().Where(kind => kind <= ActivationKind.HardSigmoidKeras3).Select(WithAlpha))
        {
            if (activation.Kind != ActivationKind.Softmax)
            {
                Add($"simple_rnn {activation}", "mse", [new SimpleRnn(2) { Activation = activation }]);
                Add($"gru with gates {activation}", "mse", [new Gru(2) { RecurrentActivation = activation }]);
                Add($"lstm peepholes with {activation}", "mse", [new Lstm(2) { Peepholes = true, Activation = activation }]);
            }

            Add($"dense {activation}", "mse", [new SimpleRnn(2) { ReturnSequences = true }, new Dense(3) { Activation = activation }]);
        }

        foreach ((string name, RecurrentLayer cell) in Cells)
            AddDecoder($"encoder-decoder of {name}", [cell], [cell with { ReturnSequences = true }, new Dense(2)]);
        AddDecoder(
            "encoder-decoder of gru and lstm",
            [new Gru(3) { ReturnSequences = true }, new Lstm(4)],
            [new Gru(3) { ReturnSequences = true, ResetAfter = true }, new Lstm(4) { ReturnSequences = true, Peepholes = true }, new Dense(2)]);
        return cases;

        void Add(string name, string loss, Layer[] layers, double delta = 0, bool lossAtLastStep = false)
            => cases.Add(Compute(name, loss, delta, new Architecture(InputSize, layers), lossAtLastStep, numbers));

        void AddDecoder(string name, Layer[] encoder, Layer[] decoder)
            => cases.Add(Compute(name, "mse", 0, new Architecture(InputSize, encoder, new Architecture(2, decoder)), lossAtLastStep: false, numbers));
    }

    private static Activation WithAlpha(ActivationKind kind) => kind switch
    {
        ActivationKind.LeakyRelu => Activation.LeakyRelu(0.25f),
        ActivationKind.Elu => Activation.Elu(0.75f),
        _ => new Activation(kind),
    };

    private static VectorCase Compute(
        string name, string loss, double delta, Architecture architecture, bool lossAtLastStep, ShortNumbers numbers)
    {
        using DisposeScope scope = NewDisposeScope();
        double[] inputs = numbers.Draw(Batch * Steps * InputSize, bound: 2);
        Tensor x = tensor(inputs, [Batch, Steps, InputSize], requires_grad: true);
        Dictionary<string, double[]> weights = architecture.Parameters.ToDictionary(
            shape => shape.Name, shape => numbers.Draw(shape.Count));
        Dictionary<string, Tensor> parameters = architecture.Parameters.ToDictionary(
            shape => shape.Name,
            shape => tensor(weights[shape.Name], shape.IsVector ? [shape.Rows] : [shape.Rows, shape.Columns], requires_grad: true));

        double[] decoderTargets = architecture.Decoder is null ? [] : numbers.Draw(Batch * DecoderSteps * architecture.OutputSize, bound: 1.5);
        Tensor? read = architecture.Decoder is null ? null : tensor(decoderTargets, [Batch, DecoderSteps, architecture.OutputSize]);
        Tensor output = TorchNetwork.Run(architecture, parameters, x, read);
        Tensor predicted = lossAtLastStep ? output.narrow(1, Steps - 1, 1) : output;
        int rows = (int)(Batch * predicted.shape[1]);
        double[] targets = loss switch
        {
            _ when architecture.Decoder is not null => decoderTargets,
            "bce" => numbers.DrawShares(rows * architecture.OutputSize),
            "cce" => numbers.DrawDistributions(rows, architecture.OutputSize),
            _ => numbers.Draw(rows * architecture.OutputSize, bound: 1.5),
        };
        Tensor value = TorchLoss.Mean(loss, delta, predicted, tensor(targets, predicted.shape));
        value.backward();

        return new VectorCase
        {
            Name = name,
            InputSize = InputSize,
            Layers = [.. architecture.Layers.Select(layer => LayerDescription.Of(layer.Layer))],
            Decoder = architecture.Decoder is null ? null : [.. architecture.Decoder.Layers.Select(layer => LayerDescription.Of(layer.Layer))],
            DecoderInputSize = architecture.Decoder?.InputSize ?? 0,
            Batch = Batch,
            Steps = Steps,
            Weights = weights,
            Inputs = inputs,
            Outputs = Values(output.detach()),
            Loss = new LossCase
            {
                Kind = loss,
                Delta = delta,
                Targets = targets,
                Value = value.item<double>(),
                Gradients = parameters.ToDictionary(pair => pair.Key, pair => Values(pair.Value.grad!)),
                InputGradient = Values(x.grad!),
            },
        };
    }

    private static double[] Values(Tensor tensor) => ShortNumbers.Round(tensor.contiguous().data<double>());
}
