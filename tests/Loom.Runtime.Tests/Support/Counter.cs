using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Loom.Core;

namespace Loom.Runtime.Tests;

public abstract record CounterCommand;

/// <summary>Adds; with events of its own per unit when asked, to make transitions of many events.</summary>
public sealed record Add(int By, int Parts = 1) : CounterCommand;

public sealed record Nothing : CounterCommand;

public sealed record Break(string How) : CounterCommand;

public sealed record Wake(string At, string Note) : CounterCommand;

public sealed record Tell(string To, string Command, Add Data) : CounterCommand;

public sealed record Fired(JsonObject Data, string Due, string Effect) : CounterCommand;

public abstract record CounterEvent;

public sealed record Added(int By) : CounterEvent;

public sealed record WakeAsked(string Due, WakeNote Data) : CounterEvent;

public sealed record WakeNote(string Note);

public sealed record Told(string To, string Command, Add Data) : CounterEvent;

public sealed record Woken(string Note) : CounterEvent;

public sealed record CounterState(int Total, int Wakes = 0);

/// <summary>Version 2 also keeps how many additions there were, and renames the event.</summary>
public sealed record CounterStateV2(int Total, int Additions, int Wakes = 0);

[JsonSerializable(typeof(CounterState))]
[JsonSerializable(typeof(CounterStateV2))]
[JsonSerializable(typeof(Add))]
[JsonSerializable(typeof(Nothing))]
[JsonSerializable(typeof(Break))]
[JsonSerializable(typeof(Wake))]
[JsonSerializable(typeof(Tell))]
[JsonSerializable(typeof(Fired))]
[JsonSerializable(typeof(Added))]
[JsonSerializable(typeof(WakeAsked))]
[JsonSerializable(typeof(Told))]
[JsonSerializable(typeof(Woken))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
public sealed partial class CounterJson : JsonSerializerContext;

/// <summary>A small machine with every way to succeed and to fail.</summary>
public sealed class CounterMachine : Machine<CounterState, CounterCommand, CounterEvent>
{
    protected override void Define(MachineDefinition<CounterState, CounterCommand, CounterEvent> machine)
    {
        var json = CounterJson.Default;
        machine
            .Name("counter", version: 1, json.CounterState)
            .Command("add", json.Add)
            .Command("nothing", json.Nothing)
            .Command("break", json.Break)
            .Command("wake", json.Wake)
            .Command("tell", json.Tell)
            .Command("loom.timerFired", json.Fired)
            .Event("added.v1", json.Added)
            .Event("wake-asked.v1", json.WakeAsked, EffectKind.Timer)
            .Event("told.v1", json.Told, EffectKind.Send)
            .Event("woken.v1", json.Woken);
    }

    protected override Decision<CounterEvent> Decide(CounterState? state, CounterCommand command, MachineContext context) => command switch
    {
        Add { By: < 0 } => Decision<CounterEvent>.Reject("negative", "Only additions."),
        Add { Parts: > 1 } add => Decision<CounterEvent>.Accept([.. Enumerable.Repeat<CounterEvent>(new Added(add.By), add.Parts)]),
        Add add => Decision<CounterEvent>.Accept(new Added(add.By)),
        Nothing => Decision<CounterEvent>.Accept(),
        Break { How: "throw" } => throw new InvalidOperationException("as asked"),
        Wake wake => Decision<CounterEvent>.Accept(new WakeAsked(wake.At, new WakeNote(wake.Note))),
        Tell tell => Decision<CounterEvent>.Accept(new Told(tell.To, tell.Command, tell.Data)),
        Fired fired => Decision<CounterEvent>.Accept(new Woken(fired.Data["note"]!.GetValue<string>())),
        _ => Decision<CounterEvent>.Reject("what", "?"),
    };

    protected override CounterState Evolve(CounterState? state, CounterEvent @event)
    {
        var s = state ?? new CounterState(0);
        return @event switch
        {
            Added e => s with { Total = s.Total + e.By },
            Woken => s with { Wakes = s.Wakes + 1 },
            _ => s,
        };
    }

    protected override string LabelOf(CounterState state) => state.Total >= 10 ? "many" : "few";
}

public sealed class CounterMachineV2 : Machine<CounterStateV2, CounterCommand, CounterEvent>
{
    protected override void Define(MachineDefinition<CounterStateV2, CounterCommand, CounterEvent> machine) => machine
        .Name("counter", version: 2, CounterJson.Default.CounterStateV2)
        .Command("add", CounterJson.Default.Add)
        .Event("added.v2", CounterJson.Default.Added)
        .Upcast("added.v1", "added.v2", json => json);

    protected override Decision<CounterEvent> Decide(CounterStateV2? state, CounterCommand command, MachineContext context) =>
        Decision<CounterEvent>.Accept(new Added(((Add)command).By));

    protected override CounterStateV2 Evolve(CounterStateV2? state, CounterEvent @event)
    {
        var s = state ?? new CounterStateV2(0, 0);
        return s with { Total = s.Total + ((Added)@event).By, Additions = s.Additions + 1 };
    }
}

/// <summary>Claims to be version 1 and folds differently: what a changed machine without a new version looks like.</summary>
public sealed class CounterMachineChanged : Machine<CounterState, CounterCommand, CounterEvent>
{
    protected override void Define(MachineDefinition<CounterState, CounterCommand, CounterEvent> machine) => machine
        .Name("counter", version: 1, CounterJson.Default.CounterState)
        .Command("add", CounterJson.Default.Add)
        .Event("added.v1", CounterJson.Default.Added);

    protected override Decision<CounterEvent> Decide(CounterState? state, CounterCommand command, MachineContext context) =>
        Decision<CounterEvent>.Accept(new Added(((Add)command).By));

    protected override CounterState Evolve(CounterState? state, CounterEvent @event) =>
        new((state?.Total ?? 0) + (2 * ((Added)@event).By));
}
