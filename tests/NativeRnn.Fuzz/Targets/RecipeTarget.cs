using NativeRnn.Tests.Format;
using NativeRnn.Trainer;

namespace NativeRnn.Fuzz.Targets;

/// <summary>Recipes of imported models.</summary>
internal sealed class RecipeTarget() : FileTarget(".json")
{
    private static readonly RnnModel Model = SampleModels.Forecaster.WithRecipe(null);

    public override IEnumerable<string> Words =>
        ["time", "inputs", "target", "unit", "window", "horizon", "sampling_interval", "missing", "name", "mean", "deviation", "expression", "sin(", "year_fraction()", "[a]", "1e308", "\\ud800"];

    public override IEnumerable<byte[]> Seeds() =>
    [
        """{"time":"date","inputs":[{"name":"a","mean":15.5,"deviation":7.3},{"name":"s","expression":"sin(2*pi()*year_fraction())"}],"target":{"name":"a","mean":15.5,"deviation":7.3},"unit":"C","window":10,"horizon":1,"sampling_interval":"1d","missing":-9999}"""u8.ToArray(),
        """{"time":"date","inputs":["a","b"],"target":"a","window":1,"horizon":1,"sampling_interval":"10min"}"""u8.ToArray(),
    ];

    protected override object? Read(string path) => RecipeSpec.Attach(Model, path);

    protected override bool IsRefusal(Exception exception) => exception is SpecException;

    protected override void Use(object? result, byte[] file)
    {
        byte[] bytes;
        try
        {
            bytes = ((RnnModel)result!).ToBytes();
        }
        catch (InvalidOperationException)
        {
            // Text that no file holds, as the writer documents.
            return;
        }

        if (RnnModel.Parse(bytes).Recipe!.Window != ((RnnModel)result).Recipe!.Window)
            throw new ContractException("the recipe does not survive its file");
    }
}
