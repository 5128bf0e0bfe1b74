using System.Text.Json;
using Loom.Core;
using Loom.Samples.BankLedger;
using Loom.Testing;

namespace Loom.Samples.Tests.BankLedger;

/// <summary>Random runs over a few accounts whose effects are delivered late and in any order: money is never made and never lost.</summary>
public sealed class ConservationTests
{
    private const int Accounts = 4;

    [Fact]
    public void Money_is_always_in_exactly_one_place()
    {
        var first = Seeds.First("bank conservation");
        var refused = 0;
        var returned = 0;
        for (var i = 0; i < Tier.Count(ci: 150, @long: 5000); i++)
        {
            var bank = new Bank(first + i);
            for (var step = 0; step < 60; step++)
            {
                bank.Step();
                Assert.True(bank.Total == bank.PaidIn, $"seed {first + i}, step {step}: {bank.Total} held, {bank.PaidIn} paid in");
            }

            bank.DeliverAll();
            Assert.True(bank.InFlight == 0, $"seed {first + i}: {bank.InFlight} cents still in flight");
            Assert.Equal(bank.PaidIn, bank.Total);
            refused += bank.Refused;
            returned += bank.Returned;
        }

        Assert.True(refused > 0 && returned > 0, "No run met a refusal and a returned transfer: the test does not reach what it is for.");
    }

    private sealed class Bank
    {
        private readonly Random _random;
        private readonly InMemoryActor[] _actors;
        private readonly List<(string From, JsonElement Send)> _waiting = [];
        private int _command;

        public Bank(int seed)
        {
            _random = new Random(seed);
            _actors = [.. Enumerable.Range(0, Accounts).Select(i => new InMemoryActor(new AccountMachine(), $"account-{i}"))];
        }

        public long PaidIn { get; private set; }

        public int Refused { get; private set; }

        public int Returned { get; private set; }

        public long Total => States.Sum(s => Amount(s, "balance")) + Pending;

        public long InFlight => States.SelectMany(s => s.GetProperty("inFlight").EnumerateArray()).Sum(t => Amount(t, "amount"));

        private IEnumerable<JsonElement> States =>
            _actors.Where(a => a.State is not null).Select(a => JsonDocument.Parse(a.State!.Bytes).RootElement);

        public void Step()
        {
            var i = _random.Next(Accounts);
            var amount = _random.Next(0, 500);
            switch (_random.Next(7))
            {
                case 0:
                    Send(i, "open", $$"""{"owner":"owner {{i}}","overdraft":"{{_random.Next(300)}}"}""");
                    break;
                case 1:
                    PaidIn += Send(i, "deposit", $$"""{"amount":"{{amount}}"}""") ? amount : 0;
                    break;
                case 2:
                    PaidIn -= Send(i, "withdraw", $$"""{"amount":"{{amount}}"}""") ? amount : 0;
                    break;
                case 3 or 4:
                    Send(i, "transfer", $$"""{"to":"account-{{_random.Next(Accounts)}}","amount":"{{amount}}"}""");
                    break;
                case 5 when _random.Next(4) == 0:
                    Send(i, "close", "{}");
                    break;
                default:
                    Deliver();
                    break;
            }
        }

        public void DeliverAll()
        {
            while (_waiting.Count > 0)
            {
                Deliver();
            }
        }

        // In-flight money counts at its payer until the payee has booked it: then the answer is what is under way.
        private long Pending => InFlight - _waiting
            .Where(w => w.Send.GetProperty("command").GetString() == "settle-transfer" && w.Send.GetProperty("data").GetProperty("booked").GetBoolean())
            .Sum(w => BookedAmount(w.Send));

        private long BookedAmount(JsonElement answer)
        {
            var id = answer.GetProperty("data").GetProperty("transferId").GetString();
            return States.SelectMany(s => s.GetProperty("inFlight").EnumerateArray())
                .Where(t => t.GetProperty("transferId").GetString() == id).Sum(t => Amount(t, "amount"));
        }

        private void Deliver()
        {
            if (_waiting.Count == 0)
            {
                return;
            }

            var at = _random.Next(_waiting.Count);
            var (from, send) = _waiting[at];
            _waiting.RemoveAt(at);
            var to = int.Parse(send.GetProperty("to").GetString()!["account-".Length..], System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(Send(to, send.GetProperty("command").GetString()!, send.GetProperty("data").GetRawText(), $"actor:{from}"));
        }

        private bool Send(int i, string command, string body, string principal = "operator")
        {
            var outcome = _actors[i].Send(command, body, principal, commandId: $"c{++_command}");
            if (outcome is not MachineOutcome.Accepted accepted)
            {
                Refused++;
                return false;
            }

            foreach (var e in accepted.Events)
            {
                Returned += e.Type == "transfer-returned.v1" ? 1 : 0;
                if (e.Type is "credit-ordered.v1" or "transfer-answered.v1")
                {
                    _waiting.Add(($"account-{i}", JsonDocument.Parse(e.Data).RootElement));
                }
            }

            return true;
        }

        private static long Amount(JsonElement json, string name) =>
            long.Parse(json.GetProperty(name).GetString()!, System.Globalization.CultureInfo.InvariantCulture);
    }
}
