using System.Text.Json.Serialization;
using Loom.Core;

namespace LoomMachine;

public sealed record LoomMachineState(string Title, bool Finished);

public abstract record LoomMachineCommand;

public sealed record Create(string Title) : LoomMachineCommand;

public sealed record Finish : LoomMachineCommand;

public abstract record LoomMachineEvent;

public sealed record Created(string Title, string By) : LoomMachineEvent;

public sealed record Finished(Timestamp At) : LoomMachineEvent;

/// <summary>The rules: what is created once can be finished once.</summary>
public sealed class LoomMachineMachine : Machine<LoomMachineState, LoomMachineCommand, LoomMachineEvent>
{
    protected override void Define(MachineDefinition<LoomMachineState, LoomMachineCommand, LoomMachineEvent> machine) => machine
        .Name("loomMachine", version: 1, LoomMachineJson.Default.LoomMachineState)
        .Command("create", LoomMachineJson.Default.Create, "Create it")
        .Command("finish", LoomMachineJson.Default.Finish, "Finish it")
        .Event("created.v1", LoomMachineJson.Default.Created)
        .Event("finished.v1", LoomMachineJson.Default.Finished);

    protected override Decision<LoomMachineEvent> Decide(LoomMachineState? state, LoomMachineCommand command, MachineContext context) =>
        (state, command) switch
        {
            (null, Create c) when c.Title.Length is > 0 and <= 200 => Decision<LoomMachineEvent>.Accept(new Created(c.Title, context.Principal)),
            (null, Create) => Decision<LoomMachineEvent>.Reject("no-title", "Give it a title of 1 to 200 characters."),
            (null, _) => Decision<LoomMachineEvent>.Reject("not-created", $"{context.Actor} does not exist; send 'create' first."),
            (_, Create) => Decision<LoomMachineEvent>.Reject("exists", $"{context.Actor} exists already."),
            ({ Finished: true }, Finish) => Decision<LoomMachineEvent>.Reject("finished", $"{context.Actor} is finished."),
            (_, Finish) => Decision<LoomMachineEvent>.Accept(new Finished(context.At)),
            _ => throw new InvalidOperationException($"{command.GetType().Name} is declared and not decided."),
        };

    protected override LoomMachineState Evolve(LoomMachineState? state, LoomMachineEvent @event) => @event switch
    {
        Created e => new LoomMachineState(e.Title, Finished: false),
        Finished => state! with { Finished = true },
        _ => throw new FormatException($"{@event.GetType().Name} is declared and not folded."),
    };

    protected override string LabelOf(LoomMachineState state) => state.Finished ? "finished" : "open";
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LoomMachineState))]
[JsonSerializable(typeof(Create))]
[JsonSerializable(typeof(Finish))]
[JsonSerializable(typeof(Created))]
[JsonSerializable(typeof(Finished))]
internal sealed partial class LoomMachineJson : JsonSerializerContext;
