using Loom.Provenance.Receipts;

namespace Loom.Proving;

/// <summary>When the transitions of one actor type are proven, and with which parameter set. Immutable; deciding is a pure function.</summary>
public sealed record ProofPolicy
{
    private const string Forms = "write \"never\", \"on-demand\", \"always\" or \"when CONDITION\", for example \"when command.amount >= 1000\"";

    private readonly Condition? _condition;

    private ProofPolicy(ProofMode mode, ParameterSet set, Condition? condition) => (Mode, Set, _condition) = (mode, set, condition);

    /// <summary>Nothing is proven: what applies to types that no policy names.</summary>
    public static ProofPolicy Never { get; } = new(ProofMode.Never, ParameterSet.Proven, null);

    /// <summary>When.</summary>
    public ProofMode Mode { get; }

    /// <summary>The parameter set of the receipts.</summary>
    public ParameterSet Set { get; }

    /// <summary>The condition in its normal form; null unless <see cref="Mode"/> is <see cref="ProofMode.When"/>.</summary>
    public string? Condition => _condition?.ToString();

    /// <summary>Whether every transition gets a decision, which is journaled.</summary>
    public bool Decides => Mode is ProofMode.When or ProofMode.Always;

    /// <summary>Reads a policy.</summary>
    /// <param name="text"><c>never</c>, <c>on-demand</c>, <c>always</c> or <c>when CONDITION</c>.</param>
    /// <param name="set">The parameter set; null for the platform's default.</param>
    /// <exception cref="FormatException">It is none of these; the message says what and where.</exception>
    public static ProofPolicy Parse(string text, ParameterSet? set = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        var mode = trimmed switch
        {
            "never" => ProofMode.Never,
            "on-demand" => ProofMode.OnDemand,
            "always" => ProofMode.Always,
            _ when trimmed == "when" || trimmed.StartsWith("when ", StringComparison.Ordinal) => ProofMode.When,
            _ => throw new FormatException($"'{ConditionReader.Shorten(trimmed)}' is no proof policy: {Forms}."),
        };
        return new ProofPolicy(mode, set ?? ParameterSet.Proven, mode == ProofMode.When ? ConditionReader.Read(trimmed[4..]) : null);
    }

    /// <summary>Whether a transition is to be proven without anybody asking for it.</summary>
    public ProofDecision Decide(ProofSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return Mode switch
        {
            ProofMode.Never => new ProofDecision(false, "the policy is never"),
            ProofMode.OnDemand => new ProofDecision(false, "the policy is on demand, and nobody asked"),
            ProofMode.Always => new ProofDecision(true, "the policy is always"),
            _ => Judge(subject),
        };
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString() => Mode switch
    {
        ProofMode.Never => "never",
        ProofMode.OnDemand => "on-demand",
        ProofMode.Always => "always",
        _ => $"when {_condition}",
    };

    private ProofDecision Judge(ProofSubject subject)
    {
        using var values = new SubjectValues(subject);
        var judged = _condition!.Judge(values);
        return judged.Doubt is { } doubt && judged.Holds
            ? new ProofDecision(true, $"in doubt proven: {doubt}")
            : new ProofDecision(judged.Holds, judged.Holds ? $"{judged.Why} holds" : $"{_condition} does not hold");
    }
}
