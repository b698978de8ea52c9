using System.Text.Json;

namespace NativeRnn.Trainer;

/// <summary>
/// Which part of a table a window belongs to, by the row of its target: training, then validation if there is such a part, then
/// test. Bounds are exclusive ends.
/// </summary>
/// <param name="TrainUntil">Where training ends.</param>
/// <param name="ValidationUntil">Where validation, which begins where training ends, ends; null for no validation.</param>
/// <param name="TestUntil">Where test ends, or null for the table's end.</param>
internal sealed record DataSplit(RowBound TrainUntil, RowBound? ValidationUntil, RowBound? TestUntil)
{
    /// <summary>Where the test part begins.</summary>
    public RowBound TestFrom => ValidationUntil ?? TrainUntil;

    /// <exception cref="SpecException">A bound cannot be read, or the bounds are not of one kind and increasing.</exception>
    public static DataSplit Read(SpecValue value)
    {
        SpecObject settings = value.AsObject("train_until", "validation_until", "test_until");
        RowBound trainUntil = ReadBound(settings["train_until"], null);
        RowBound? validationUntil = settings.Optional("validation_until") is SpecValue validation ? ReadBound(validation, trainUntil) : null;
        RowBound? testUntil = settings.Optional("test_until") is SpecValue test ? ReadBound(test, validationUntil ?? trainUntil) : null;
        return new DataSplit(trainUntil, validationUntil, testUntil);
    }

    private static RowBound ReadBound(SpecValue value, RowBound? previous)
    {
        RowBound bound = value.Kind switch
        {
            JsonValueKind.Number => new RowBound(value.AsInteger(1)),
            JsonValueKind.String when RowBound.TryParse(value.AsText()) is { IsTime: true } time => time,
            _ => throw value.Expected(RowBound.Forms),
        };
        if (previous is not RowBound before)
            return bound;
        if (before.IsTime != bound.IsTime)
            throw value.Error($"found {bound} after {before}, but the bounds of a split are either all times or all row numbers");
        return before.IsBefore(bound) ? bound : throw value.Error($"found {bound}, but the bound before it is {before}; they must increase");
    }
}
