using System.Text;
using Loom.Core;
using Loom.Samples.BankLedger;
using Loom.Testing;
using Xunit.Abstractions;

namespace Loom.Samples.Tests.Modules;

/// <summary>The ledger module against the C# machine, byte for byte, on random walks of two accounts that answer each other's effects.</summary>
public sealed class LedgerEquivalenceTests(ITestOutputHelper output)
{
    private static readonly AccountMachine Machine = new();
    private readonly ModuleMachine _module = PinnedModule.Of("bank-ledger").Machine;

    [Fact]
    public void Random_walks_give_the_same_bytes()
    {
        var run = SeedRun.Start("ledger module walks", Tier.Count(ci: 100, @long: 20_000));
        foreach (var seed in run.Left)
        {
            run.Finish(new Walk(_module, new Random(seed), seed).Run(60));
        }

        output.WriteLine(run.Summary());
        Assert.True(run.Counts["accepted"] > 3 * run.Count, "Hardly any step is accepted: the walks do not get far.");
        Assert.All((string[])["transfers", "timers"], what => Assert.True(run.Counts[what] > 0, what));
    }

    /// <summary>Accounts alice and bob; what their effects ask for is sent sooner or later, or never.</summary>
    private sealed class Walk(ModuleMachine module, Random random, int seed)
    {
        private static readonly string[] Names = ["account-alice", "account-bob"];
        private readonly Twin[] _accounts = [.. Names.Select(n => new Twin(module, Machine, n, $"seed {seed}, {n}"))];
        private readonly List<(int Account, string Command, string Body, string Principal)> _due = [];
        private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal) { ["transfers"] = 0, ["timers"] = 0 };
        private Timestamp _now = Timestamp.Parse("2026-01-01T00:00:00.000000Z");

        public SortedDictionary<string, long> Run(int steps)
        {
            for (var i = 0; i < steps; i++)
            {
                if (_due.Count > 0 && random.Next(2) == 0)
                {
                    var next = random.Next(_due.Count);
                    var (account, command, body, principal) = _due[next];
                    _due.RemoveAt(next);
                    Send(account, command, body, random.Next(20) == 0 ? "mallory" : principal);
                }
                else
                {
                    var (command, body) = i < 2 ? ("open", """{"overdraft":"500","owner":"Zoë \"Z\""}""") : Command();
                    Send(i < 2 ? i : random.Next(2), command, body, "alice");
                }
            }

            foreach (var count in _accounts.SelectMany(a => a.Counts))
            {
                _counts[count.Key] = _counts.GetValueOrDefault(count.Key) + count.Value;
            }

            return _counts;
        }

        private void Send(int account, string command, string body, string principal)
        {
            _now = new Timestamp(_now.Time.AddSeconds(random.Next(5)));
            var answer = _accounts[account].Send(command, CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(body)), principal, [], _now);
            if (!answer.Accepted)
            {
                return;
            }

            foreach (var type in (string[])["credit-ordered.v1", "transfer-answered.v1"])
            {
                foreach (var send in Twin.Events(answer, type))
                {
                    _counts["transfers"]++;
                    var target = Array.IndexOf(Names, send.GetProperty("to").GetString());
                    if (target >= 0) _due.Add((target, send.GetProperty("command").GetString()!, send.GetProperty("data").GetRawText(), $"actor:{Names[account]}"));
                }
            }

            foreach (var timer in Twin.Events(answer, "standing-order-due.v1"))
            {
                _counts["timers"]++;
                var due = timer.GetProperty("due").GetString();
                _due.Add((account, "loom.timerFired", $$"""{"data":{{timer.GetProperty("data").GetRawText()}},"due":"{{due}}","effect":"e"}""", "loom:runtime"));
            }
        }

        private (string Command, string Body) Command() => random.Next(16) switch
        {
            0 or 1 or 2 => ("deposit", $$"""{"amount":"{{Amount()}}","reference":{{Pick("null", "\"salary\"", "\"a\\\\b\"")}}}"""),
            3 or 4 => ("withdraw", $$"""{"amount":"{{Amount()}}"}"""),
            5 or 6 or 7 or 8 => ("transfer", $$"""{"amount":"{{Amount()}}","to":"{{Pick("account-alice", "account-bob", "account-carol", "account-", "bob", "account-x/y")}}"}"""),
            9 or 10 => ("place-standing-order",
                $$"""{"amount":"{{Amount()}}","everyDays":{{Pick("1", "30", "31", "365", "366", "0", "367", "-5")}},"first":"2026-{{Pick("01", "02", "12")}}-{{Pick("28", "31", "01")}}T09:00:00.000001Z","order":"{{Pick("rent", "gym", " ", "x\\u2028", new string('o', 41))}}","to":"{{Pick("account-alice", "account-bob")}}"}"""),
            11 => ("cancel-standing-order", $$"""{"order":"{{Pick("rent", "gym")}}"}"""),
            12 => ("open", $$"""{"owner":"{{Pick("A", "", "\\u3000 ", new string('é', 100), new string('é', 101))}}","overdraft":{{Pick("null", "\"0\"", "\"-1\"")}}}"""),
            13 => ("settle-transfer", """{"booked":true,"transferId":"nothing"}"""),
            14 => random.Next(6) == 0 ? ("close", "{}") : ("deposit", """{"amount":"100000"}"""),
            _ => (Pick("deposit", "withdraw", "transfer", "explode"), Pick("{}", "[]", """{"amount":5}""", """{"amount":"1","more":0}""", """{"amount":"01"}""")),
        };

        private string Amount() => random.Next(12) switch
        {
            0 => "0",
            1 => "-7",
            2 => "999999999999999",
            _ => random.Next(1, 1000).ToString(System.Globalization.CultureInfo.InvariantCulture),
        };

        private string Pick(params string[] values) => values[random.Next(values.Length)];
    }
}
