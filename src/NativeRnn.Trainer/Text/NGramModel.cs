using System.Runtime.InteropServices;

namespace NativeRnn.Trainer;

/// <summary>
/// Counts of up to n symbols, each order interpolated with the one below (Witten and Bell, 1991): with c(h x) how often x followed the
/// context h, c(h) the sum over x, t(h) how many different x followed, and h' the context without its first symbol,
/// <code>P(x | h) = (c(h x) + t(h) P(x | h')) / (c(h) + t(h)),   P(x) below all orders = 1 / symbols</code>
/// </summary>
internal sealed class NGramModel
{
    private readonly int _symbols;
    private readonly Dictionary<UInt128, int>[] _counts;
    private readonly Dictionary<UInt128, (int Total, int Types)>[] _contexts;

    /// <param name="text">The text that is counted.</param>
    /// <param name="symbols">The number of different symbols.</param>
    /// <param name="order">n, from 1 to 8.</param>
    public NGramModel(ReadOnlySpan<int> text, int symbols, int order)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, 8);
        _symbols = symbols;
        _counts = new Dictionary<UInt128, int>[order];
        _contexts = new Dictionary<UInt128, (int Total, int Types)>[order];
        for (int length = 0; length < order; length++)
        {
            Dictionary<UInt128, int> counts = _counts[length] = [];
            Dictionary<UInt128, (int Total, int Types)> contexts = _contexts[length] = [];
            for (int at = length; at < text.Length; at++)
            {
                UInt128 context = Key(text.Slice(at - length, length));
                ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, Append(context, text[at]), out bool isKnown);
                count++;
                ref (int Total, int Types) seen = ref CollectionsMarshal.GetValueRefOrAddDefault(contexts, context, out _);
                seen = (seen.Total + 1, seen.Types + (isKnown ? 0 : 1));
            }
        }
    }

    /// <summary>The probability of a symbol behind a context, of which the last n - 1 symbols count.</summary>
    public double Probability(ReadOnlySpan<int> context, int symbol)
    {
        double probability = 1.0 / _symbols;
        for (int length = 0; length < _counts.Length && length <= context.Length; length++)
        {
            UInt128 key = Key(context[^length..]);
            if (!_contexts[length].TryGetValue(key, out (int Total, int Types) seen))
                break;
            int count = _counts[length].GetValueOrDefault(Append(key, symbol));
            probability = (count + seen.Types * probability) / (seen.Total + seen.Types);
        }

        return probability;
    }

    /// <summary>The mean of -ln P over all symbols of a text but the first ones, which a network does not predict.</summary>
    public double NatsPerSymbol(ReadOnlySpan<int> text, int first = 1)
    {
        double sum = 0;
        for (int at = first; at < text.Length; at++)
            sum -= Math.Log(Probability(text[Math.Max(0, at - _counts.Length + 1)..at], text[at]));
        return sum / (text.Length - first);
    }

    /// <summary>The order that is best on the last tenth of a text when fitted on the rest, fitted on all of it.</summary>
    public static (NGramModel Model, int Order) FitBest(int[] text, int symbols, int largestOrder)
    {
        int cut = text.Length / 10 * 9;
        int best = Enumerable.Range(1, largestOrder)
            .MinBy(order => new NGramModel(text.AsSpan(0, cut), symbols, order).NatsPerSymbol(text.AsSpan(cut)));
        return (new NGramModel(text, symbols, best), best);
    }

    /// <summary>Sixteen bits a symbol: a vocabulary has at most 2^14.</summary>
    private static UInt128 Key(ReadOnlySpan<int> symbols)
    {
        UInt128 key = 0;
        foreach (int symbol in symbols)
            key = Append(key, symbol);
        return key;
    }

    private static UInt128 Append(UInt128 key, int symbol) => (key << 16) | (uint)symbol;
}
