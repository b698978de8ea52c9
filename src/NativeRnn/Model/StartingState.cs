namespace NativeRnn;

/// <summary>The state that a model's sequences start from, where it is not zero.</summary>
internal static class StartingState
{
    /// <summary>One sequence's state in the layout of <see cref="RnnState"/>, or null when every layer starts from zeros.</summary>
    public static float[]? Of(RnnModel model)
    {
        float[] state = new float[model.Architecture.StateSize];
        int position = 0;
        bool isZero = true;
        foreach (NamedLayer entry in model.Architecture.Layers)
        {
            if (entry.Layer is RecurrentLayer recurrent)
            {
                Add(recurrent, entry.Name);
            }
            else if (entry.Layer is Bidirectional both)
            {
                Add(both.Forward, entry.Name + ".forward");
                Add(both.Backward, entry.Name + ".backward");
            }
        }

        return isZero ? null : state;

        void Add(RecurrentLayer layer, string name)
        {
            int end = position + layer.StateSize;
            foreach (ParameterShape shape in layer.InitialState)
            {
                isZero = false;
                ReadOnlySpan<float> values = model.Weights($"{name}.{shape.Name}");
                values.CopyTo(state.AsSpan(position));
                position += values.Length;
            }

            position = end;
        }
    }
}
