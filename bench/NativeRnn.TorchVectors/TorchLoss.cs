using static TorchSharp.torch;

namespace NativeRnn.TorchVectors;

/// <summary>The losses as means over batch, rows and outputs; categorical cross-entropy sums over the outputs first.</summary>
internal static class TorchLoss
{
    public static Tensor Mean(string kind, double delta, Tensor predicted, Tensor target) => kind switch
    {
        "mae" => nn.functional.l1_loss(predicted, target),
        "mse" => nn.functional.mse_loss(predicted, target),
        "huber" => nn.functional.huber_loss(predicted, target, delta),
        "bce" => nn.functional.binary_cross_entropy(predicted, target),
        "cce" => -(target * predicted.log()).sum(-1).mean(),
        _ => throw new ArgumentException($"No loss '{kind}'.", nameof(kind)),
    };
}
