using System.Globalization;
using System.Text;
using Loom.Core;

namespace Loom.Samples.Tests.Modules.Underwriting;

/// <summary>A command to a loan whose body fits, with who sends it and when.</summary>
internal sealed record LoanCommand(string Type, string Principal, string[] Roles, DateOnly Today)
{
    private static readonly long[] Edges = [0, 1, 99, 10_000_000_000, 10_000_000_001, 999_999_999_999_999];

    public long Amount { get; private init; }

    public long Months { get; private init; }

    public long Rate { get; private init; }

    public string Kind { get; private init; } = "";

    public long Figure { get; private init; }

    public DateOnly Dated { get; private init; }

    public string Verdict { get; private init; } = "";

    /// <summary>The body, canonical.</summary>
    public byte[] Body => CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(Type switch
    {
        "apply" => $$"""{"amount":"{{Amount}}","applicant":"Ada","rate":{{Rate}},"termMonths":{{Months}}}""",
        "file-document" => $$"""{"dated":"{{Dated.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}}","figure":"{{Figure}}","kind":"{{Kind}}","sha256":"{{new string('a', 64)}}"}""",
        "propose-override" => $$"""{"reason":"Why not.","verdict":"{{Verdict}}"}""",
        _ => "{}",
    }));

    /// <summary>A step that may well be taken next, of a loan with that status.</summary>
    public static LoanCommand Next(string status, Random random)
    {
        var likely = status switch
        {
            "" => "apply",
            "open" => random.Next(4) == 0 ? "decide" : "file-document",
            "referred" or "declined" => Pick(random, "propose-override", "propose-override", "confirm-override", "drop-override", "file-document"),
            _ => Pick(random, "accept-offer", "propose-override", "confirm-override", "withdraw"),
        };
        var type = random.Next(12) == 0
            ? Pick(random, "accept-offer", "apply", "confirm-override", "decide", "drop-override", "file-document", "propose-override", "withdraw") : likely;
        var mayAct = type is "accept-offer" or "withdraw" or "apply" or "file-document" ? "ada" : Pick(random, "uma", "ben");
        var principal = random.Next(10) == 0 ? Pick(random, "ada", "uma", "ben") : mayAct;
        string[] roles = random.Next(15) == 0 ? [] : random.Next(3) == 0 ? ["teller", "underwriter"] : ["underwriter"];
        var today = new DateOnly(2024, 2, 20).AddDays(random.Next(20)); // around a leap day
        var kind = Pick(random, "debts", "income", "score", "valuation");
        return new LoanCommand(type, principal, roles, today)
        {
            Amount = Number(random, 30_000_000),
            Months = random.Next(20) == 0 ? Pick(random, 0, 481, 1) : random.Next(1, 481),
            Rate = random.Next(20) == 0 ? Pick(random, -1, 5001, 5000) : random.Next(600),
            Kind = kind,
            Figure = kind switch { "score" => random.Next(10) == 0 ? Pick(random, 299, 300, 850, 851) : random.Next(560, 851), "debts" => Number(random, 90_000), "income" => Number(random, 900_000), _ => Number(random, 60_000_000) },
            Dated = random.Next(12) == 0 ? today.AddDays(Pick(random, 1, -90, -91, -180, -181)) : today.AddDays(-random.Next(95)),
            Verdict = Pick(random, "approved", "declined"),
        };
    }

    private static long Number(Random random, int most) => random.Next(25) == 0 ? Pick(random, Edges) : random.NextInt64(most);

    private static T Pick<T>(Random random, params T[] from) => from[random.Next(from.Length)];
}
