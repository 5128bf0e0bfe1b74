using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Loom.Coordination;
using Loom.Core;
using Loom.Journal;
using Loom.Journal.Blobs;
using Loom.Journal.Log;
using Loom.Runtime;
using Loom.Testing;

namespace Loom.Proving.Tests;

/// <summary>A journal, blobs, a prover and a clock that outlive the hosts started on them; actors of the ledger sample.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private static readonly byte[] Key = [1, 2, 3, 4];
    private readonly List<IAsyncDisposable> _hosts = [];
    private int _ids;

    public Bench() => (Memory, Prover) = (new InMemoryJournal(Time), new RemoteProver(Key));

    public ManualTime Time { get; } = new();

    /// <summary>Everything that the hosts do on their own.</summary>
    public CountingScheduler Work { get; } = new();

    public InMemoryJournal Memory { get; }

    public MemoryBlobStore Blobs { get; } = new();

    public RemoteProver Prover { get; }

    public KeyVerifier Verifier { get; } = new(Key);

    /// <summary>Actors without anything that proves.</summary>
    public async Task<Actors> ActorsAsync(params SampleModule[] modules)
    {
        var types = new ActorTypes();
        var runtime = new ActorRuntime(
            new ActorRuntimeOptions { Blobs = Blobs, CarryOutEffects = false, Scheduler = Work }, Memory, new InProcessLeases(), types, Time, () => RandomNumberGenerator.GetBytes(32));
        var registry = await RegistryAsync(Memory, types, modules.Length == 0 ? [SampleModule.Of("bank-ledger")] : modules);
        var actors = new Actors(this, runtime, registry);
        _hosts.Add(actors);
        return actors;
    }

    /// <summary>A host that proves.</summary>
    public async Task<ProvingService> ProveAsync(string policies, ProvingOptions? options = null, IJournal? journal = null, ILeases? leases = null, IProver? prover = null, IReceiptVerifier? verifier = null)
    {
        journal ??= Memory;
        var registry = await RegistryAsync(journal, new ActorTypes(), []);
        var parts = new ProvingParts(journal, new LoomStreams(journal, Time), leases ?? new InProcessLeases(), registry, Blobs, prover ?? Prover, verifier ?? Verifier, Time);
        var service = new ProvingService(parts, ProofPolicies.Parse(Encoding.UTF8.GetBytes(policies)), options);
        await Task.Factory.StartNew(service.Start, CancellationToken.None, TaskCreationOptions.None, Work);
        _hosts.Add(service);
        return service;
    }

    public ActorCommand Command(string actor, string type, string json) => new()
    {
        Actor = ActorId.Parse(actor),
        Type = type,
        Id = CommandId.Parse($"c-{Interlocked.Increment(ref _ids)}"),
        Body = Encoding.UTF8.GetBytes(json),
        Principal = "tester",
    };

    /// <summary>Advances the clock until the condition holds, never while there is work that could go on: the clock cannot outrun a busy machine.</summary>
    public Task Until(Func<bool> condition, string what = "the condition") => Work.UntilAsync(Time, TimeSpan.FromMilliseconds(50), condition, what);

    /// <summary>The same where another process works by a clock of its own.</summary>
    public async Task UntilLong(Func<bool> condition)
    {
        for (var real = Stopwatch.StartNew(); !condition();)
        {
            Assert.True(real.Elapsed < TimeSpan.FromMinutes(10), "it never came to hold");
            Time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Delay(10);
        }
    }

    public async Task<List<RecordedEvent>> Read(string stream)
    {
        var events = new List<RecordedEvent>();
        await foreach (var e in Memory.ReadStreamAsync(StreamName.Parse(stream), Direction.Forwards, 0, long.MaxValue, default))
        {
            events.Add(e);
        }

        return events;
    }

    /// <summary>The receipts of an actor, every link of the stream checked.</summary>
    public async Task<List<ReceiptAct>> Receipts(string actor)
    {
        var transitions = TransitionReader.Group(await Read($"loom.receipts-{actor}")).ToList();
        for (var i = 0; i < transitions.Count; i++)
        {
            Assert.Equal(MachineId.Loom, transitions[i].Link.Machine);
            Assert.Equal("loom.receipts.attached", transitions[i].Link.Command.Type);
            Assert.Equal(i == 0 ? null : transitions[i - 1].Link.Hash, transitions[i].Link.Prev);
        }

        return [.. transitions.Select(t => ReceiptAct.Read(t.Events[0].Data))];
    }

    public async Task<List<Link>> Links(string actor) => [.. TransitionReader.Group(await Read(actor)).Select(t => t.Link)];

    public async Task<int> Count(string type) => (await Read("loom.proofs")).Count(e => e.Type == $"loom.proofs.{type}");

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }

        await Memory.DisposeAsync();
    }

    private async Task<ModuleRegistry> RegistryAsync(IJournal journal, ActorTypes types, SampleModule[] modules)
    {
        var registry = new ModuleRegistry(journal, new LoomStreams(journal, Time), Blobs, types, Time);
        await registry.OpenAsync(default);
        foreach (var module in modules)
        {
            var report = await registry.RegisterAsync(module.Wasm, module.Manifest, "dev", null, default);
            Assert.True(report.Refusal is null, report.Refusal?.Message);
        }

        return registry;
    }
}

/// <summary>A host that runs actors.</summary>
internal sealed record Actors(Bench Bench, ActorRuntime Runtime, ModuleRegistry Modules) : IAsyncDisposable
{
    public async Task<CommandReply.Accepted> Send(string actor, string type, string json)
    {
        var reply = await Runtime.SendAsync(Bench.Command(actor, type, json), default);
        Assert.True(reply is CommandReply.Accepted, reply.ToString());
        return (CommandReply.Accepted)reply;
    }

    public Task Open(string actor) => Send(actor, "open", """{"owner":"Ann"}""");

    public Task Deposit(string actor, int amount) => Send(actor, "deposit", $$"""{"amount":"{{amount}}"}""");

    public async ValueTask DisposeAsync()
    {
        await Runtime.DisposeAsync();
        Modules.Dispose();
    }
}
