using NativeRnn.Training;

namespace NativeRnn.Trainer;

/// <summary>Reads how weights are changed: loss, optimizer and learning-rate schedule.</summary>
internal static class OptimizerSpec
{
    public static Loss ReadLoss(SpecValue value)
    {
        (string name, SpecValue settings) = value.AsChoice("mse", "mae", "huber", "binary_cross_entropy", "categorical_cross_entropy");
        if (name == "huber")
            return Loss.Huber(settings.AsObject("delta").Optional("delta")?.AsPositive() ?? 1);
        settings.AsObject();
        return name switch
        {
            "mse" => Loss.MeanSquaredError,
            "mae" => Loss.MeanAbsoluteError,
            "binary_cross_entropy" => Loss.BinaryCrossEntropy,
            _ => Loss.CategoricalCrossEntropy,
        };
    }

    public static Optimizer ReadOptimizer(SpecValue value)
    {
        (string name, SpecValue settingsValue) = value.AsChoice("sgd", "rmsprop", "adam", "adamw");
        SpecObject settings = settingsValue.AsObject(name switch
        {
            "sgd" => ["learning_rate", "momentum", "nesterov"],
            "rmsprop" => ["learning_rate", "rho", "epsilon"],
            "adam" => ["learning_rate", "beta1", "beta2", "epsilon"],
            _ => ["learning_rate", "beta1", "beta2", "epsilon", "weight_decay"],
        });
        Optimizer optimizer = name switch
        {
            "sgd" => ReadSgd(settings),
            "rmsprop" => ReadRmsProp(settings),
            "adam" => ReadAdam(settings),
            _ => ReadAdamW(settings),
        };
        return settings.Optional("learning_rate") is SpecValue rate ? optimizer with { LearningRate = rate.AsPositive() } : optimizer;
    }

    public static LearningRateSchedule ReadSchedule(SpecValue value)
    {
        (string name, SpecValue settings) = value.AsChoice("constant", "step_decay", "exponential_decay", "cosine_decay", "reduce_on_plateau");
        switch (name)
        {
            case "step_decay":
                SpecObject step = settings.AsObject("every_epochs", "multiplier");
                return new StepDecay(step["every_epochs"].AsInteger(1), step.Optional("multiplier")?.AsPositive() ?? 0.5);
            case "exponential_decay":
                return new ExponentialDecay(settings.AsObject("per_epoch")["per_epoch"].AsPositive());
            case "cosine_decay":
                SpecObject cosine = settings.AsObject("warm_up_epochs", "final_fraction");
                return new CosineDecay(
                    cosine.Optional("warm_up_epochs")?.AsNonNegative() ?? 0,
                    cosine.Optional("final_fraction")?.AsNumber("a number from 0 to 1", fraction => fraction is >= 0 and <= 1) ?? 0);
            case "reduce_on_plateau":
                SpecObject plateau = settings.AsObject("patience", "multiplier", "smallest");
                return new ReduceOnPlateau(
                    plateau["patience"].AsInteger(1),
                    plateau.Optional("multiplier")?.AsNumber("a number above 0 and below 1", multiplier => multiplier is > 0 and < 1) ?? 0.5,
                    plateau.Optional("smallest")?.AsNumber("a number from 0 to 1", smallest => smallest is >= 0 and <= 1) ?? 0);
            default:
                settings.AsObject();
                return new ConstantRate();
        }
    }

    private static Sgd ReadSgd(SpecObject settings) => new()
    {
        Momentum = settings.Optional("momentum")?.AsFraction() ?? 0,
        Nesterov = settings.Optional("nesterov")?.AsBoolean() ?? false,
    };

    private static RmsProp ReadRmsProp(SpecObject settings)
    {
        RmsProp standard = new();
        return standard with
        {
            Rho = settings.Optional("rho")?.AsFraction() ?? standard.Rho,
            Epsilon = settings.Optional("epsilon")?.AsPositive() ?? standard.Epsilon,
        };
    }

    private static Adam ReadAdam(SpecObject settings)
    {
        Adam standard = new();
        return standard with
        {
            Beta1 = settings.Optional("beta1")?.AsFraction() ?? standard.Beta1,
            Beta2 = settings.Optional("beta2")?.AsFraction() ?? standard.Beta2,
            Epsilon = settings.Optional("epsilon")?.AsPositive() ?? standard.Epsilon,
        };
    }

    private static AdamW ReadAdamW(SpecObject settings)
    {
        AdamW standard = new();
        return standard with
        {
            Beta1 = settings.Optional("beta1")?.AsFraction() ?? standard.Beta1,
            Beta2 = settings.Optional("beta2")?.AsFraction() ?? standard.Beta2,
            Epsilon = settings.Optional("epsilon")?.AsPositive() ?? standard.Epsilon,
            WeightDecay = settings.Optional("weight_decay")?.AsNonNegative() ?? standard.WeightDecay,
        };
    }
}
