using System.Security.Cryptography;
using System.Text;
using Loom.Coordination;
using Loom.Core;
using Loom.Journal;
using Loom.Testing;

namespace Loom.Runtime.Tests;

/// <summary>A journal, leases and a clock that outlive the runtimes started on them.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private readonly List<ActorRuntime> _runtimes = [];
    private int _ids;

    public Bench(Func<IJournal, IJournal>? wrap = null)
    {
        Memory = new InMemoryJournal(Time);
        Journal = wrap?.Invoke(Memory) ?? Memory;
    }

    public ManualTime Time { get; } = new();

    public InMemoryJournal Memory { get; }

    public IJournal Journal { get; }

    public ILeases Leases { get; set; } = new InProcessLeases();

    /// <summary>Everything that the runtimes do on their own.</summary>
    public CountingScheduler Work { get; } = new();

    public StateMemory Files { get; } = new();

    public ActorRuntime Start(ActorRuntimeOptions? options = null, params Machine[] machines)
    {
        var types = new ActorTypes();
        foreach (var machine in machines.Length == 0 ? [new CounterMachine()] : machines)
        {
            types.Register(machine);
        }

        var runtime = new ActorRuntime(
            (options ?? new ActorRuntimeOptions()) with { Scheduler = Work }, Journal, Leases, types, Time, () => RandomNumberGenerator.GetBytes(32), null, null, Files, Activator.FenceAbove);
        _runtimes.Add(runtime);
        return runtime;
    }

    public ActorCommand Command(string actor, string type, string json, string? id = null) => new()
    {
        Actor = ActorId.Parse(actor),
        Type = type,
        Id = CommandId.Parse(id ?? $"c-{Interlocked.Increment(ref _ids)}"),
        Body = Encoding.UTF8.GetBytes(json),
        Principal = "tester",
    };

    public Task<CommandReply> Send(ActorRuntime runtime, string actor, string type, string json, string? id = null) =>
        runtime.SendAsync(Command(actor, type, json, id), default);

    public async Task<CommandReply.Accepted> Accepted(ActorRuntime runtime, string actor, string type, string json, string? id = null)
    {
        var reply = await Send(runtime, actor, type, json, id);
        Assert.True(reply is CommandReply.Accepted, reply.ToString());
        return (CommandReply.Accepted)reply;
    }

    public async Task<List<Transition>> History(string actor)
    {
        var list = new List<Transition>();
        await foreach (var transition in new ActorHistory(Memory, new ActorTypes()).ReadAsync(ActorId.Parse(actor)))
        {
            list.Add(transition);
        }

        return list;
    }

    /// <summary>Advances the clock until the condition holds, never while there is work that could go on: the clock cannot outrun a busy machine.</summary>
    public Task Until(Func<bool> condition) => Work.UntilAsync(Time, TimeSpan.FromMilliseconds(100), condition, "the condition");

    /// <summary>Lets everything go on that needs no other time.</summary>
    public Task Rest() => Work.RestAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var runtime in _runtimes)
        {
            await runtime.DisposeAsync();
        }

        await Memory.DisposeAsync();
    }
}
