using System.Text;
using NativeRnn.Trainer;

namespace NativeRnn.Fuzz.Targets;

/// <summary>Training specs, of forecasts and of texts.</summary>
internal sealed class SpecTarget : FuzzTarget
{
    private const string Layers = """[{"gru":{"units":3,"reset_after":true,"activation":{"elu":{"alpha":0.5}},"return_sequences":true}},"reverse",{"bidirectional":{"merge":"sum","layer":{"lstm":{"units":2,"peepholes":true}}}},{"dropout":{"rate":0.3}},{"dense":{"units":1}}]""";

    public override IEnumerable<string> Words => Seeds().SelectMany(seed => Encoding.UTF8.GetString(seed).Split('"')).Where(word => word.All(char.IsLetterOrDigit)).Distinct();

    public override IEnumerable<byte[]> Seeds() =>
    [
        Encoding.UTF8.GetBytes($$$"""{"time":"t","inputs":["a",{"name":"s","expression":"sin(2*pi()*year_fraction())"}],"target":"a","unit":"C","window":4,"horizon":1,"sampling_interval":"10min","missing":-9999,"split":{"train_until":"2015-01-01","validation_until":"2016-01-01 10:00","test_until":0.9},"layers":{{{Layers}}},"loss":"mae","optimizer":{"adamw":{"learning_rate":0.003,"weight_decay":0.01}},"schedule":"cosine_decay","batch_size":32,"epochs":4,"steps_per_epoch":2,"patience":3,"clip_norm":1,"weight_average_decay":0.9,"seed":1}"""),
        """{"time":"t","inputs":["a"],"target":"a","window":1,"horizon":1,"sampling_interval":"1d","split":{"train_until":10,"test_until":20},"layers":[{"simple_rnn":{"units":1}},{"dense":{"units":1}}],"loss":{"huber":{"delta":1}},"optimizer":"sgd","epochs":1}"""u8.ToArray(),
        """{"tokens":"characters","streams":4,"chunk":8,"embedding":2,"layers":[{"gru":{"units":2,"return_sequences":true}}],"optimizer":{"adam":{"learning_rate":0.1}},"schedule":{"cosine_decay":{"warm_up_epochs":0.25}},"epochs":1}"""u8.ToArray(),
        """{"tokens":"words","vocabulary":9,"held_out":0.2,"streams":4,"chunk":8,"embedding":2,"layers":[{"lstm":{"units":2,"return_sequences":true}}],"optimizer":"rmsprop","epochs":1,/* */}"""u8.ToArray(),
    ];

    protected override object? Read(byte[] file)
    {
        // As the commands read it: what is not UTF-8 becomes a replacement character.
        string text = Encoding.UTF8.GetString(file);
        try
        {
            return TrainingSpec.Parse("file", text);
        }
        catch (SpecException)
        {
            return TextSpec.Parse("file", text);
        }
    }

    protected override bool IsRefusal(Exception exception) => exception is SpecException;

    protected override long Allowance(byte[] file) => 2 * base.Allowance(file);
}
