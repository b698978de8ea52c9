namespace NativeRnn;

/// <summary>A model's weights packed for one vector width; immutable.</summary>
internal sealed class Network
{
    public static Network Create(RnnModel model, VectorWidth width) => throw new NotImplementedException();
}
