using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Loom.Core;

namespace Loom.Runtime.Tests;

public abstract record ErrandCommand;

/// <summary>Asks for an activity.</summary>
public sealed record Ask(string Activity, int N) : ErrandCommand;

public sealed record ErrandCompleted(string Activity, ErrandRequest Data, string Effect, JsonNode? Result, string? Evidence = null) : ErrandCommand;

public sealed record ErrandFailed(string Activity, int Attempts, string Code, ErrandRequest Data, string Effect, string Message) : ErrandCommand;

public sealed record ErrandRequest(int N);

public abstract record ErrandEvent;

public sealed record Asked(string Activity, ErrandRequest Data) : ErrandEvent;

public sealed record Answered(int N, string Answer) : ErrandEvent;

public sealed record GivenUp(int N, string Code, int Attempts) : ErrandEvent;

public sealed record ErrandState(int Open, int Answered, int GivenUp);

/// <summary>A machine that has others run errands: it asks for activities and counts what comes back.</summary>
public sealed class ErrandMachine : Machine<ErrandState, ErrandCommand, ErrandEvent>
{
    protected override void Define(MachineDefinition<ErrandState, ErrandCommand, ErrandEvent> machine)
    {
        var json = ErrandJson.Default;
        machine
            .Name("errand", version: 1, json.ErrandState)
            .Command("ask", json.Ask)
            .Command("loom.activityCompleted", json.ErrandCompleted)
            .Command("loom.activityFailed", json.ErrandFailed)
            .Event("asked.v1", json.Asked, EffectKind.Activity)
            .Event("answered.v1", json.Answered)
            .Event("given-up.v1", json.GivenUp);
    }

    protected override Decision<ErrandEvent> Decide(ErrandState? state, ErrandCommand command, MachineContext context) => command switch
    {
        Ask ask => Decision<ErrandEvent>.Accept(new Asked(ask.Activity, new ErrandRequest(ask.N))),
        ErrandCompleted done => Decision<ErrandEvent>.Accept(new Answered(done.Data.N, done.Result?.ToJsonString() ?? "")),
        ErrandFailed failed => Decision<ErrandEvent>.Accept(new GivenUp(failed.Data.N, failed.Code, failed.Attempts)),
        _ => throw new InvalidOperationException("declared and not decided"),
    };

    protected override ErrandState Evolve(ErrandState? state, ErrandEvent @event)
    {
        var s = state ?? new ErrandState(0, 0, 0);
        return @event switch
        {
            Asked => s with { Open = s.Open + 1 },
            Answered => s with { Open = s.Open - 1, Answered = s.Answered + 1 },
            _ => s with { Open = s.Open - 1, GivenUp = s.GivenUp + 1 },
        };
    }
}

[JsonSerializable(typeof(ErrandState))]
[JsonSerializable(typeof(Ask))]
[JsonSerializable(typeof(ErrandCompleted))]
[JsonSerializable(typeof(ErrandFailed))]
[JsonSerializable(typeof(Asked))]
[JsonSerializable(typeof(Answered))]
[JsonSerializable(typeof(GivenUp))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
public sealed partial class ErrandJson : JsonSerializerContext;
