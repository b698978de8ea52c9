namespace NativeRnn.Interop.Onnx;

/// <summary>A layer's weights by parameter; equal if they are the very same arrays, wherever they were put together.</summary>
internal sealed class LayerWeights : Dictionary<string, float[]>
{
    public override bool Equals(object? obj)
    {
        if (obj is not LayerWeights other || other.Count != Count)
            return false;
        foreach ((string name, float[] values) in this)
        {
            if (!other.TryGetValue(name, out float[]? others) || others != values)
                return false;
        }

        return true;
    }

    public override int GetHashCode() => Count;
}
