using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Loom.Core;

namespace Loom.Core.Tests.Machines;

/// <summary>Version 2 of a machine whose version 1 wrote <c>golden/thermostat-v1.ndjson</c>: it counts in tenths and has dropped an event.</summary>
public sealed class ThermostatV2 : Machine<ThermostatState, ThermostatCommand, ThermostatEvent>
{
    protected override void Define(MachineDefinition<ThermostatState, ThermostatCommand, ThermostatEvent> machine) => machine
        .Name("thermostat", version: 2, ThermostatJson.Default.ThermostatState)
        .Command("set", ThermostatJson.Default.SetTarget, "Set the target")
        .Event("installed.v1", ThermostatJson.Default.Installed)
        .Event("set.v2", ThermostatJson.Default.TargetSet)
        .Upcast("set.v1", "set.v2", old => new JsonObject { ["tenths"] = old["celsius"]!.GetValue<int>() * 10 })
        .Upcast("switched-off.v1", "set.v2", _ => new JsonObject { ["tenths"] = 50 });

    protected override Decision<ThermostatEvent> Decide(ThermostatState? state, ThermostatCommand command, MachineContext context) =>
        command is SetTarget { Tenths: >= 50 and <= 300 } set
            ? Decision<ThermostatEvent>.Accept(new TargetSet(set.Tenths))
            : Decision<ThermostatEvent>.Reject("out-of-range", "A target is 50 to 300 tenths of a degree.");

    protected override ThermostatState Evolve(ThermostatState? state, ThermostatEvent @event) => @event switch
    {
        Installed e => new ThermostatState(e.Room, 200),
        TargetSet e => state! with { Tenths = e.Tenths },
        _ => state!,
    };
}

public sealed record ThermostatState(string Room, int Tenths);

public abstract record ThermostatCommand;

public sealed record SetTarget(int Tenths) : ThermostatCommand;

public abstract record ThermostatEvent;

public sealed record Installed(string Room) : ThermostatEvent;

public sealed record TargetSet(int Tenths) : ThermostatEvent;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ThermostatState))]
[JsonSerializable(typeof(SetTarget))]
[JsonSerializable(typeof(Installed))]
[JsonSerializable(typeof(TargetSet))]
internal sealed partial class ThermostatJson : JsonSerializerContext;
