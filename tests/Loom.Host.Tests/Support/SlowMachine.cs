using System.Text.Json.Serialization;
using Loom.Core;

namespace Loom.Host.Tests;

public sealed record SlowState(int Steps);

public abstract record SlowCommand;

public sealed record Step : SlowCommand;

public abstract record SlowEvent;

public sealed record Stepped : SlowEvent;

/// <summary>A machine that decides when the test says so: for what happens while a command is in flight.</summary>
public sealed class SlowMachine : Machine<SlowState, SlowCommand, SlowEvent>, IDisposable
{
    private readonly ManualResetEventSlim _go = new();
    private readonly TaskCompletionSource _deciding = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A decision has begun.</summary>
    public Task Deciding => _deciding.Task;

    /// <summary>What a decision ends with; null: well.</summary>
    public Exception? Failure { get; init; }

    /// <summary>Lets decisions end.</summary>
    public void Go() => _go.Set();

    public void Dispose() => _go.Dispose();

    protected override void Define(MachineDefinition<SlowState, SlowCommand, SlowEvent> machine) => machine
        .Name("slow", version: 1, SlowJson.Default.SlowState)
        .Command("step", SlowJson.Default.Step, "Take a step")
        .Event("stepped.v1", SlowJson.Default.Stepped);

    protected override Decision<SlowEvent> Decide(SlowState? state, SlowCommand command, MachineContext context)
    {
        _deciding.TrySetResult();
        _go.Wait();
        return Failure is null ? Decision<SlowEvent>.Accept(new Stepped()) : throw Failure;
    }

    protected override SlowState Evolve(SlowState? state, SlowEvent @event) => new((state?.Steps ?? 0) + 1);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SlowState))]
[JsonSerializable(typeof(Step))]
[JsonSerializable(typeof(Stepped))]
internal sealed partial class SlowJson : JsonSerializerContext;
