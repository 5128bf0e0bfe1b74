namespace Loom.Provenance.Receipts;

/// <summary>d = alpha + sum of beta^i t_i, where t_0 is the bus and the others the tuple (section 3.2).</summary>
internal sealed class Fingerprints
{
    private const int MaxTerms = 8;
    private readonly F3 _alpha;
    private readonly F3[] _powers = new F3[MaxTerms];

    public Fingerprints(F3 alpha, F3 beta)
    {
        _alpha = alpha;
        _powers[0] = F3.One;
        for (var i = 1; i < MaxTerms; i++)
        {
            _powers[i] = _powers[i - 1] * beta;
        }
    }

    public F3 Of(Bus bus, ReadOnlySpan<F3> tuple)
    {
        var sum = _alpha + F3.Of((ulong)bus);
        for (var i = 0; i < tuple.Length; i++)
        {
            sum += _powers[i + 1] * tuple[i];
        }

        return sum;
    }

    /// <summary>The same for a tuple of integers below p.</summary>
    public F3 OfIntegers(Bus bus, params ReadOnlySpan<ulong> tuple)
    {
        var sum = _alpha + F3.Of((ulong)bus);
        for (var i = 0; i < tuple.Length; i++)
        {
            sum += _powers[i + 1] * tuple[i];
        }

        return sum;
    }
}
