using System.Text;
using System.Text.Json;
using Loom.Core;
using Loom.Journal;
using Loom.Runtime;
using Loom.Samples.BankLedger;

namespace Loom.Simulation.Tests;

/// <summary>What a run saw.</summary>
internal sealed record SimulationReport(int Seed, int Operations, int Acknowledged, long Transitions, int Crashes, IReadOnlyDictionary<string, int> Faults, string Trace)
{
    /// <summary>All of it, by name.</summary>
    public IEnumerable<KeyValuePair<string, long>> Counts =>
    [
        new("operations", Operations), new("acknowledged", Acknowledged), new("transitions", Transitions), new("crashes", Crashes),
        .. Faults.Select(f => KeyValuePair.Create(f.Key, (long)f.Value)),
    ];
}

/// <summary>An invariant does not hold.</summary>
internal sealed class InvariantException(string message) : Exception(message);

/// <summary>Two hosts, one journal, three clients of a bank and a nemesis, all in one thread, everything decided by the seed.</summary>
internal sealed class Simulation
{
    private const int Hosts = 2;
    private const int Clients = 3;
    private const int OperationsEach = 8;
    private const long MaxSteps = 1_500_000;
    private static readonly string[] Accounts = ["account-a", "account-b", "account-c", "account-d"];
    private static readonly string[] ErrandActors = ["errand-a", "errand-b"];

    private readonly SimulatedHost[] _hosts = new SimulatedHost[Hosts];
    private readonly SortedDictionary<string, int> _faults = new(StringComparer.Ordinal);
    private readonly List<(string Actor, Digest Link, string Id)> _acknowledged = [];
    private readonly Dictionary<(string Stream, long Fence), int> _writers = [];
    private int _incarnations, _operations, _crashes, _clientsLeft = Clients;

    private Simulation(int seed, PlantedBug bug)
    {
        (Seed, Bug, Time) = (seed, bug, new SimulatedTime(seed));
        Journal = new InMemoryJournal(Time.Clock);
        Leases = new SimulatedLeases(this);
        Errands = new SimulatedErrands(this);
        Disk = new SimulatedScheduler(Time);
        Outside = new SimulatedScheduler(Time);
    }

    public int Seed { get; }

    public PlantedBug Bug { get; }

    public SimulatedTime Time { get; }

    public Random Random => Time.Random;

    public InMemoryJournal Journal { get; }

    public SimulatedLeases Leases { get; }

    public SimulatedErrands Errands { get; }

    /// <summary>Where writes land, whoever dies.</summary>
    public SimulatedScheduler Disk { get; }

    public bool FaultsOn { get; private set; } = true;

    private SimulatedScheduler Outside { get; }

    public static SimulationReport Run(int seed, PlantedBug bug = PlantedBug.None)
    {
        // An await prefers a synchronization context (the test runner has one) to the scheduler: no step may leave by it.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        var world = new Simulation(seed, bug);
        using (world.Time)
        {
            try
            {
                world.Time.RunUntil(world.Outside.Run(world.LiveAsync), MaxSteps);
            }
            finally
            {
                SynchronizationContext.SetSynchronizationContext(context);
            }

            return new SimulationReport(
                seed, world._operations, world._acknowledged.Count, world._transitions, world._crashes, world._faults, world.Time.Trace());
        }
    }

    private long _transitions;
    private string? _violation;

    public byte[] NewSalt()
    {
        var salt = new byte[Salts.Size];
        Random.NextBytes(salt);
        return salt;
    }

    public Task PauseAsync(int maxMilliseconds) => Task.Delay(TimeSpan.FromMilliseconds(1 + Random.Next(maxMilliseconds)), Time.Clock);

    public void Fault(string name) => _faults[name] = _faults.GetValueOrDefault(name) + 1;

    /// <summary>Counts what is no fault.</summary>
    public void Count(string what) => Fault(what);

    public void Crashed() => _crashes++;

    public void Gone(SimulatedHost host)
    {
        _ = Outside.Run(async () =>
        {
            await PauseAsync(3000);
            Leases.Expire(host.Incarnation);
        });
    }

    /// <summary>Notes who wrote under which fence: one fence of a stream belongs to one owner.</summary>
    public void Wrote(StreamName stream, IReadOnlyList<EventData> events, int incarnation)
    {
        Time.Note($"{stream} {events[^1].Id}");
        if (stream.IsLoom)
        {
            return;
        }

        var link = EventMetadata.Parse(events[^1].Metadata).Link!;
        var fence = link.Fence;
        Errands.Wrote(link);
        if (!_writers.TryAdd((stream.Value, fence), incarnation) && _writers[(stream.Value, fence)] != incarnation)
        {
            _violation ??= $"{stream}: fence {fence} was used by two owners"; // thrown at the end: the runtime would take it for a failing disk
        }
    }

    private async Task LiveAsync()
    {
        for (var i = 0; i < Hosts; i++)
        {
            Boot(i, new StateMemory());
        }

        await OpenAccountsAsync();
        var nemesis = NemesisAsync();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(ClientAsync));
        await nemesis;
        FaultsOn = false;
        foreach (var host in _hosts)
        {
            Leases.Expire(host.Incarnation);
        }

        if (_violation is not null)
        {
            throw new InvariantException(_violation);
        }

        await SettleAsync();
        await new Invariants(Journal, Accounts, [.. _acknowledged.Where(a => !a.Actor.StartsWith("errand-", StringComparison.Ordinal))]).CheckAsync();
        await Errands.CheckAsync(Journal, ErrandActors);
        _transitions = Invariants.Transitions(Journal, Accounts);
        Time.Note(string.Join(',', _faults.Select(f => $"{f.Key}={f.Value}")));
    }

    private void Boot(int index, StateMemory files)
    {
        _hosts[index] = new SimulatedHost(this, ++_incarnations, files);
        _hosts[index].Start();
    }

    private async Task OpenAccountsAsync()
    {
        foreach (var account in Accounts)
        {
            await InsistAsync(Command(account, "open", "{\"overdraft\":null,\"owner\":\"x\"}", $"open-{account}"));
        }
    }

    private async Task ClientAsync(int client)
    {
        for (var n = 0; n < OperationsEach; n++)
        {
            var account = Accounts[Random.Next(Accounts.Length)];
            var amount = 1 + Random.Next(50);
            var id = $"c{client}-{n}";
            var other = Accounts[Random.Next(Accounts.Length)];
            var command = Random.Next(10) switch
            {
                < 4 => Command(account, "deposit", $"{{\"amount\":\"{amount}\",\"reference\":null}}", id),
                < 9 when other != account => Command(account, "transfer", $"{{\"amount\":\"{amount}\",\"reference\":null,\"to\":\"{other}\"}}", id),
                _ => Command(account, "withdraw", $"{{\"amount\":\"{amount}\",\"reference\":null}}", id),
            };
            _operations++;
            if (Random.Next(2) == 0)
            {
                await InsistAsync(Command(ErrandActors[Random.Next(ErrandActors.Length)], "ask", $"{{\"activity\":\"{SimulatedErrands.Activity}\",\"n\":{n}}}", $"e{client}-{n}"));
            }

            var first = await InsistAsync(command);
            if (first is CommandReply.Accepted accepted && Random.Next(3) == 0 && await InsistAsync(command) is CommandReply.Accepted again && again.Link != accepted.Link)
            {
                throw new InvariantException($"{command.Id} was answered with {accepted.Link} and later with {again.Link}");
            }

            await PauseAsync(400);
        }

        _clientsLeft--;
    }

    // As a patient client does: the same id again, to any host, until somebody decides.
    private async Task<CommandReply> InsistAsync(ActorCommand command)
    {
        var last = "no host was up";
        for (var attempt = 0; attempt < 400; attempt++)
        {
            var host = _hosts[Random.Next(Hosts)];
            if (host.Alive)
            {
                try
                {
                    var reply = await host.SendAsync(command).WaitAsync(TimeSpan.FromSeconds(3), Time.Clock);
                    if (reply is CommandReply.Accepted accepted)
                    {
                        _acknowledged.Add((command.Actor.ToString(), accepted.Link, command.Id.Value));
                        return reply;
                    }

                    last = reply.ToString();
                    if (reply is CommandReply.Rejected)
                    {
                        return reply;
                    }

                    if (reply is CommandReply.Refused { Kind: not (RefusalKind.Busy or RefusalKind.Unavailable) } refused)
                    {
                        throw new InvariantException($"{command.Id} was refused: {refused.Code} {refused.Message}");
                    }
                }
                catch (TimeoutException)
                {
                    last = "no answer in time";
                }
            }

            await PauseAsync(300);
        }

        throw new InvariantException($"{command.Id} was never decided: {last}");
    }

    private async Task NemesisAsync()
    {
        while (_clientsLeft > 0)
        {
            await PauseAsync(1500);
            var index = Random.Next(Hosts);
            switch (Random.Next(9))
            {
                case 0 or 1:
                    Fault("host crash");
                    _hosts[index].Crash();
                    await RestartAsync(index);
                    break;
                case 2:
                    Fault("host restart");
                    await _hosts[index].StopAsync();
                    await RestartAsync(index);
                    break;
                case 3:
                    Leases.TakeOneAway(withNotice: true);
                    break;
                case 4 or 5:
                    Leases.TakeOneAway(withNotice: false);
                    break;
                case 6:
                    Leases.ForgetEverything();
                    break;
                case 7:
                    Fault("clock jump");
                    Time.Clock.Jump(TimeSpan.FromSeconds(Random.Next(-3600, 3600)));
                    break;
                case 8:
                    Fault("conflict storm");
                    for (var i = 0; i < 4; i++)
                    {
                        Leases.TakeOneAway(withNotice: false);
                    }

                    break;
            }
        }
    }

    private async Task RestartAsync(int index)
    {
        var files = _hosts[index].Files;
        if (Random.Next(4) == 0)
        {
            Fault("state files lost");
            files = new StateMemory();
        }

        await PauseAsync(2000);
        Boot(index, files);
    }

    // Without faults everything comes to rest: all money has arrived, and the directories know it.
    private async Task SettleAsync()
    {
        var why = "";
        for (var i = 0; i < 60; i++)
        {
            await Task.Delay(TimeSpan.FromSeconds(5), Time.Clock);
            why = await UnsettledAsync();
            if (why.Length == 0)
            {
                return;
            }
        }

        throw new InvariantException($"not at rest after five minutes without faults: {why}. {string.Join("; ", _hosts.Select(h => h.Runtime.Statistics.Effects))}");
    }

    private async Task<string> UnsettledAsync()
    {
        foreach (var account in Accounts)
        {
            var state = (await Invariants.StateOfAsync(Journal, account))!;
            using var json = JsonDocument.Parse(state.State);
            if (json.RootElement.GetProperty("inFlight").GetArrayLength() > 0)
            {
                return $"{account} has money in flight";
            }

            foreach (var host in _hosts)
            {
                if (host.Directory.Find(ActorId.Parse(account)) is not { } entry || entry.Revision != state.Revision || entry.Label != state.Label)
                {
                    return $"a directory does not know {account} at revision {state.Revision}";
                }
            }
        }

        return await SimulatedErrands.SettledAsync(Journal, ErrandActors) ? "" : "an errand has no outcome";
    }

    private static ActorCommand Command(string actor, string type, string json, string id) => new()
    {
        Actor = ActorId.Parse(actor),
        Type = type,
        Id = CommandId.Parse(id),
        Body = Encoding.UTF8.GetBytes(json),
        Principal = "client",
    };
}
