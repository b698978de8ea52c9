using TorchSharp.Modules;
using static TorchSharp.torch;

namespace NativeRnn.Footprint;

/// <summary>A GRU of 32 units, reset after, and a dense output: [steps, 1, features] to [1, 1].</summary>
internal sealed class GruForecast : nn.Module<Tensor, Tensor>
{
    public const int Units = 32;

    public GruForecast(int features) : base(nameof(GruForecast))
    {
        Gru = nn.GRU(features, Units);
        Dense = nn.Linear(Units, 1);
        RegisterComponents();
    }

    public GRU Gru { get; }

    public Linear Dense { get; }

    public override Tensor forward(Tensor input)
    {
        (_, Tensor hidden) = Gru.call(input);
        return Dense.call(hidden[0]);
    }
}
