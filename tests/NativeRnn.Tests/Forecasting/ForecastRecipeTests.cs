namespace NativeRnn.Tests.Forecasting;

public sealed class ForecastRecipeTests
{
    /// <summary>What is wrong, the change that makes it so, and what the message says.</summary>
    public static TheoryData<string, string> Defects => new()
    {
        { "no time column", "TimeColumn is empty" },
        { "blank target", "Target is empty" },
        { "escape in unit", "Unit has the control character U+001B" },
        { "target mean NaN", "TargetMean must be a finite number, but is NaN" },
        { "target deviation 0", "TargetDeviation must be a finite number above zero, but is 0" },
        { "window 0", "Window must be at least 1, but is 0" },
        { "window huge", "Window 16777216 times 2 inputs" },
        { "horizon 0", "Horizon must be at least 1, but is 0" },
        { "interval 0", "SamplingInterval must be above zero" },
        { "one input", "Inputs must be 2, the network's input size, but are 1" },
        { "same name", "Inputs[1].Name: 'temp' is there twice" },
        { "nameless input", "Inputs[1].Name is empty" },
        { "input mean infinite", "Inputs[1].Mean must be a finite number, but is Infinity" },
        { "input deviation negative", "Inputs[1].Deviation must be a finite number above zero, but is -1" },
        { "input deviation NaN", "Inputs[1].Deviation must be a finite number above zero, but is NaN" },
        { "bad expression", "Inputs[1].Expression: At position 7" },
        { "empty expression", "Inputs[1].Expression is empty" },
    };

    [Fact]
    public void WithRecipe_Valid_IsKept()
    {
        ForecastRecipe recipe = Recipes.Valid();

        Assert.Same(recipe, Recipes.Model().WithRecipe(recipe).Recipe);
    }

    [Theory]
    [MemberData(nameof(Defects))]
    public void WithRecipe_Defect_NamesTheField(string defect, string expected)
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => Recipes.Model().WithRecipe(Break(Recipes.Valid(), defect)));

        Assert.Contains(expected, exception.Message);
    }

    [Fact]
    public void WithRecipe_ManyToManyNetwork_IsRefused()
    {
        RnnModel model = new ModelBuilder(inputSize: 2)
            .SimpleRnn(1, returnSequences: true)
            .Build(new Dictionary<string, float[]>
            {
                ["simple_rnn.kernel"] = [1, 1],
                ["simple_rnn.recurrent_kernel"] = [1],
                ["simple_rnn.bias"] = [0],
            });

        Assert.Contains("many-to-one", Assert.Throws<ArgumentException>(() => model.WithRecipe(Recipes.Valid())).Message);
    }

    [Fact]
    public void WithRecipe_TwoOutputs_IsRefused()
    {
        RnnModel model = new ModelBuilder(inputSize: 2)
            .SimpleRnn(2)
            .Build(new Dictionary<string, float[]>
            {
                ["simple_rnn.kernel"] = [1, 1, 1, 1],
                ["simple_rnn.recurrent_kernel"] = [1, 1, 1, 1],
                ["simple_rnn.bias"] = [0, 0],
            });

        ForecastRecipe recipe = Recipes.Valid() with { Horizon = 3 };
        Assert.Contains(
            "1 output, or 3 for every step of its horizon, but this one has 2", Assert.Throws<ArgumentException>(() => model.WithRecipe(recipe)).Message);
    }

    private static ForecastRecipe Break(ForecastRecipe recipe, string defect)
    {
        return defect switch
        {
            "no time column" => recipe with { TimeColumn = "" },
            "blank target" => recipe with { Target = " " },
            "escape in unit" => recipe with { Unit = "\u001b[2J" },
            "target mean NaN" => recipe with { TargetMean = double.NaN },
            "target deviation 0" => recipe with { TargetDeviation = 0 },
            "window 0" => recipe with { Window = 0 },
            "window huge" => recipe with { Window = 1 << 24 },
            "horizon 0" => recipe with { Horizon = 0 },
            "interval 0" => recipe with { SamplingInterval = TimeSpan.Zero },
            "one input" => recipe with { Inputs = [recipe.Inputs[0]] },
            "same name" => Second(input => input with { Name = "temp" }),
            "nameless input" => Second(input => input with { Name = "" }),
            "input mean infinite" => Second(input => input with { Mean = double.PositiveInfinity }),
            "input deviation negative" => Second(input => input with { Deviation = -1 }),
            "input deviation NaN" => Second(input => input with { Deviation = double.NaN }),
            "bad expression" => Second(input => input with { Expression = "temp +" }),
            "empty expression" => Second(input => input with { Expression = "" }),
            _ => throw new ArgumentException(defect),
        };

        ForecastRecipe Second(Func<RecipeInput, RecipeInput> change) => recipe with { Inputs = [recipe.Inputs[0], change(recipe.Inputs[1])] };
    }
}
