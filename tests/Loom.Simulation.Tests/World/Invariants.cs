using System.Globalization;
using System.Text.Json;
using Loom.Core;
using Loom.Journal;
using Loom.Runtime;
using Loom.Samples.BankLedger;

namespace Loom.Simulation.Tests;

/// <summary>What must hold of the journal after any run, checked from the stored events alone.</summary>
internal sealed class Invariants(
    IJournal journal,
    IReadOnlyList<string> accounts,
    IReadOnlyList<(string Actor, Digest Link, string Id)> acknowledged)
{
    public async Task CheckAsync()
    {
        var links = new HashSet<(string, Digest)>();
        long paidIn = 0, there = 0;
        foreach (var account in accounts)
        {
            var history = await HistoryAsync(account);
            Chain(account, history);
            foreach (var transition in history)
            {
                links.Add((account, transition.Link.Hash));
                paidIn += transition.Events.Sum(PaidIn);
            }

            var state = await StateOfAsync(journal, account);
            Holds(state!.Matches, $"{account}: the events do not fold to the state of the last link");
            there += Money(state.State);
        }

        foreach (var (actor, link, id) in acknowledged)
        {
            Holds(links.Contains((actor, link)), $"{actor}: command {id} was acknowledged with link {link}, which is not in the stream");
        }

        Holds(paidIn == there, $"{paidIn} were paid in and {there} are there");
    }

    public static async Task<ReplayedState?> StateOfAsync(IJournal journal, string account)
    {
        var types = new ActorTypes();
        types.Register(new AccountMachine());
        return await new ActorHistory(journal, types).ReplayAsync(ActorId.Parse(account));
    }

    public static long Transitions(IJournal journal, IReadOnlyList<string> accounts) =>
        accounts.Sum(a => new Invariants(journal, accounts, []).HistoryAsync(a).GetAwaiter().GetResult().Count);

    private async Task<List<Transition>> HistoryAsync(string account)
    {
        var history = new List<Transition>();
        try
        {
            await foreach (var transition in new ActorHistory(journal, new ActorTypes()).ReadAsync(ActorId.Parse(account)))
            {
                history.Add(transition);
            }
        }
        catch (HistoryException e)
        {
            throw new InvariantException(e.Message);
        }

        return history;
    }

    private void Chain(string account, List<Transition> history)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        Link? before = null;
        foreach (var link in history.Select(t => t.Link))
        {
            var where = $"{account} at revision {link.Revision}";
            Holds(ids.Add(link.Command.Id.Value), $"{where}: command {link.Command.Id} was done twice");
            Holds(link.Revision == (before?.LastRevision + 1 ?? 0), $"{where}: the previous link ends at {before?.LastRevision}");
            Holds(link.Prev == before?.Hash && link.From == before?.To, $"{where}: the link does not follow the previous one");
            Holds(before is null || link.At >= before.At, $"{where}: time goes back");
            Holds(before is null || link.Fence >= before.Fence, $"{where}: fence {link.Fence} after {before?.Fence}");
            before = link;
        }
    }

    private static long PaidIn(RecordedEvent e)
    {
        if (e.Type is not ("deposited.v1" or "withdrawn.v1"))
        {
            return 0;
        }

        using var json = JsonDocument.Parse(e.Data);
        return Cents(json.RootElement.GetProperty("amount")) * (e.Type == "deposited.v1" ? 1 : -1);
    }

    private static long Money(ReadOnlyMemory<byte> state)
    {
        using var json = JsonDocument.Parse(state);
        return Cents(json.RootElement.GetProperty("balance"))
            + json.RootElement.GetProperty("inFlight").EnumerateArray().Sum(t => Cents(t.GetProperty("amount")));
    }

    private static long Cents(JsonElement amount) => long.Parse(amount.GetString()!, CultureInfo.InvariantCulture);

    private static void Holds(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvariantException(message);
        }
    }
}
