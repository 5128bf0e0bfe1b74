using System.Numerics;

namespace Loom.Samples.Tests.Modules.Underwriting;

/// <summary>Underwriting told a second time, in C# and with numbers without bounds: what the module has to answer to a body that fits.</summary>
internal sealed class LoanOracle
{
    private static readonly string[] Kinds = ["debts", "income", "score", "valuation"];
    private readonly SortedDictionary<string, (BigInteger Figure, DateOnly Dated)> _documents = new(StringComparer.Ordinal);
    private BigInteger _amount, _months, _rate;
    private string? _applicant, _band, _proposedBy, _wanted;

    public string Status { get; private set; } = "";

    /// <summary>The answer in one line: a rejection's code, or the status after and what the events say.</summary>
    public string Answer(LoanCommand command)
    {
        var c = command;
        if (c.Type == "apply")
        {
            return Status.Length > 0 ? "already-applied"
                : c.Amount < 1 || c.Amount > 10_000_000_000 ? "amount-out-of-range"
                : c.Months is < 1 or > 480 ? "term-out-of-range"
                : c.Rate is < 0 or > 5000 ? "rate-out-of-range"
                : Apply(c);
        }

        var isUnderwriter = c.Roles.Contains("underwriter");
        return Status.Length == 0 ? "no-application"
            : Status == "withdrawn" || (Status == "accepted" && c.Type != "withdraw") ? "closed"
            : c.Type switch
            {
                "file-document" => Status is "approved" or "declined" ? "decided"
                    : c.Dated > c.Today ? "not-yet"
                    : c.Kind == "score" && (c.Figure < 300 || c.Figure > 850) ? "no-score"
                    : File(c),
                "accept-offer" or "withdraw" => c.Principal != _applicant ? "not-the-applicant"
                    : c.Type == "withdraw" ? Become("withdrawn", "withdrawn.v1")
                    : Status != "approved" ? "no-offer"
                    : Become("accepted", "offer-accepted.v1"),
                _ when !isUnderwriter => "role-missing",
                _ when c.Principal == _applicant => "own-application",
                "decide" => Status != "open" ? "decided"
                    : Kinds.FirstOrDefault(k => !_documents.ContainsKey(k) || Age(k, c.Today) > (k == "valuation" ? 180 : 90)) is { } k
                        ? _documents.ContainsKey(k) ? "document-stale" : "document-missing"
                    : Decide(),
                "propose-override" => _band is null ? "not-decided"
                    : _band == "D" ? "score-final"
                    : _proposedBy is not null ? "override-pending"
                    : c.Verdict == Status ? "same-verdict"
                    : Propose(c),
                _ when _proposedBy is null => "no-override",
                "drop-override" => Settle(Status, "override-dropped.v1"),
                _ => c.Principal == _proposedBy ? "same-person" : Settle(_wanted!, $"override-confirmed.v1 {_wanted}"),
            };
    }

    private string Apply(LoanCommand c)
    {
        (_applicant, _amount, _months, _rate) = (c.Principal, c.Amount, c.Months, c.Rate);
        return Become("open", "applied.v1");
    }

    private string File(LoanCommand c)
    {
        _documents[c.Kind] = (c.Figure, c.Dated);
        if (Status != "referred")
        {
            return Become("open", "document-filed.v1");
        }

        (_band, _proposedBy) = (null, null);
        return Become("open", "document-filed.v1, reopened.v1");
    }

    private string Decide()
    {
        var (debts, income, score, value) = (Figure("debts"), Figure("income"), Figure("score"), Figure("valuation"));
        var instalment = Up(_amount, _months) + Up(_amount * _rate, 12 * 10_000);
        var (debtToIncome, loanToValue) = (Ratio(debts + instalment, income), Ratio(_amount, value));
        _band = score >= 740 ? "A" : score >= 680 ? "B" : score >= 620 ? "C" : "D";
        var (debtLimit, valueLimit) = _band switch { "A" => (4300, 9000), "B" => (4000, 8500), _ => (3600, 7500) };
        (string Rule, BigInteger Measured, BigInteger Limit, int Level)[] findings =
        [
            ("score", score, 620, score < 620 ? 2 : 0),
            ("debt-to-income", debtToIncome, debtLimit, Level(debtToIncome, debtLimit)),
            ("loan-to-value", loanToValue, valueLimit, Level(loanToValue, valueLimit)),
            ("amount", _amount, 100_000_000, _amount >= 100_000_000 ? 1 : 0),
        ];
        var verdict = Name(findings.Max(f => f.Level));
        var said = findings.Select(f => $"finding.v1 {f.Rule} {f.Measured} {f.Limit} {Name(f.Level)}");
        return Become(verdict, string.Join(", ", said.Append($"decided.v1 {_band} {debtToIncome} {instalment} {loanToValue} {verdict}")));
    }

    private string Propose(LoanCommand c)
    {
        (_proposedBy, _wanted) = (c.Principal, c.Verdict);
        return Become(Status, $"override-proposed.v1 {c.Verdict}");
    }

    private string Settle(string status, string events)
    {
        _proposedBy = null;
        return Become(status, events);
    }

    private string Become(string status, string events)
    {
        Status = status;
        return $"{status}: {events}";
    }

    private BigInteger Figure(string kind) => _documents[kind].Figure;

    private int Age(string kind, DateOnly today) => today.DayNumber - _documents[kind].Dated.DayNumber;

    private static int Level(BigInteger measured, int limit) => measured <= limit ? 0 : measured <= limit + 500 ? 1 : 2;

    private static string Name(int level) => level switch { 0 => "approved", 1 => "referred", _ => "declined" };

    private static BigInteger Ratio(BigInteger part, BigInteger whole) =>
        whole.IsZero ? 1_000_000 : BigInteger.Min(1_000_000, Up(part * 10_000, whole));

    private static BigInteger Up(BigInteger value, BigInteger by) => (value + by - 1) / by;
}
