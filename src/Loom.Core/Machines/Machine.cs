namespace Loom.Core;

/// <summary>Everything outside state and command that a decision may look at; each member is a field of the link.</summary>
/// <param name="Actor">The actor's stream name.</param>
/// <param name="At">The moment of the decision. The only clock a machine has.</param>
/// <param name="CommandId">The command's id. The only source of new ids a machine has.</param>
/// <param name="CommandType">The command's name.</param>
/// <param name="Principal">Who asks.</param>
/// <param name="Revision">The revision the first event will get.</param>
/// <param name="Roles">The caller's application roles, sorted.</param>
public sealed record MachineContext(
    string Actor, Timestamp At, string CommandId, string CommandType, string Principal, long Revision, IReadOnlyList<string> Roles)
{
    /// <summary>RFC 8785 form: what a WASM machine gets as its third input and what a verifier rebuilds from a link.</summary>
    public byte[] ToCanonicalJson()
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(256);
        var json = new CanonicalJsonWriter(buffer);
        json.StartObject();
        json.Name("actor");
        json.String(Actor);
        json.Name("at");
        json.String(At.ToString());
        json.Name("commandId");
        json.String(CommandId);
        json.Name("commandType");
        json.String(CommandType);
        json.Name("principal");
        json.String(Principal);
        json.Name("revision");
        json.Integer(Revision);
        json.Name("roles");
        json.StartArray();
        foreach (var role in Roles)
        {
            json.String(role);
        }

        json.EndArray();
        json.EndObject();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The context that the link's decision was given.</summary>
    public static MachineContext Of(Link link) => new(
        link.Stream.Value, link.At, link.Command.Id.Value, link.Command.Type, link.Command.Principal, link.Revision, link.Command.Roles);
}

/// <summary>A machine's "no": a value, not an exception. It leaves no event.</summary>
/// <param name="Code">Stable, lower-case, hyphenated; what programs look at.</param>
/// <param name="Message">One sentence for people: what was refused, why, and what would be accepted.</param>
public sealed record Rejection(string Code, string Message);

/// <summary>What a machine answered, as bytes.</summary>
public abstract record MachineOutcome
{
    private MachineOutcome()
    {
    }

    /// <summary>The command is accepted; with no events and an unchanged state there was nothing to do.</summary>
    /// <param name="State">The state after.</param>
    /// <param name="Events">What happened, in order.</param>
    public sealed record Accepted(MachineState State, IReadOnlyList<EmittedEvent> Events) : MachineOutcome;

    /// <summary>The machine says no.</summary>
    /// <param name="Rejection">Why.</param>
    public sealed record Rejected(Rejection Rejection) : MachineOutcome;

    /// <summary>The command's name or body is not one this machine knows: a caller's mistake found before the decision.</summary>
    /// <param name="Code"><c>unknown-command</c> or <c>invalid-command</c>.</param>
    /// <param name="Message">What is wrong, and where.</param>
    public sealed record Invalid(string Code, string Message) : MachineOutcome;

    /// <summary>The machine came to no answer: a module trapped, ran out of fuel, or gave what it may not give. Nothing changes.</summary>
    /// <param name="Code">What programs look at, for example <c>module-trapped</c>.</param>
    /// <param name="Message">The machine, the actor, the reason and the remedy.</param>
    /// <param name="MayPass">Whether the same command may come through later: something outside of the machine ended it.</param>
    public sealed record Failed(string Code, string Message, bool MayPass) : MachineOutcome;
}

/// <summary>A state held in memory: its bytes, and a label for people (for example <c>approved</c>). Immutable.</summary>
public abstract class MachineState
{
    /// <summary>The state as bytes: RFC 8785 JSON for C# machines.</summary>
    public abstract ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>One or two words an operator can search for; empty when the machine has none.</summary>
    public abstract string Label { get; }
}

/// <summary>What an effect event asks the platform to do.</summary>
public enum EffectKind
{
    /// <summary>Send a command to another actor.</summary>
    Send,

    /// <summary>Come back at a given time.</summary>
    Timer,

    /// <summary>Have the host do something outside, and come back with what became of it.</summary>
    Activity,
}

/// <summary>A command as a machine declares it.</summary>
/// <param name="Type">Its name.</param>
/// <param name="Schema">JSON Schema of its body, for validation at the edge and for the console's form.</param>
/// <param name="Summary">One line for people; may be empty.</param>
public sealed record CommandDescription(string Type, string Schema, string Summary);

/// <summary>What a host has to know of an actor type without running it.</summary>
/// <param name="ActorType">The type's name (no version).</param>
/// <param name="Version">The type's version, from 1.</param>
/// <param name="Machine">What decides.</param>
/// <param name="Commands">The commands it takes, in the order of declaration.</param>
/// <param name="Effects">Which event types are effects.</param>
/// <param name="EventTypes">Every event type that it may emit.</param>
/// <param name="Capabilities">What it can do, in an operator's words; may be empty.</param>
public sealed record MachineManifest(
    string ActorType,
    int Version,
    MachineId Machine,
    IReadOnlyList<CommandDescription> Commands,
    IReadOnlyDictionary<string, EffectKind> Effects,
    IReadOnlyList<string> EventTypes,
    IReadOnlyList<string> Capabilities)
{
    /// <summary><c>TYPE@VERSION</c>, as links carry it.</summary>
    public string QualifiedType => $"{ActorType}@{Version}";
}

/// <summary>
/// A transition function as the runtime sees it: bytes in, bytes out, pure. Implementations hold no mutable state and may be called
/// from many threads at once. C# authors derive from <see cref="Machine{TState, TCommand, TEvent}"/>.
/// </summary>
public abstract class Machine
{
    /// <summary>What a host has to know without running it.</summary>
    public abstract MachineManifest Manifest { get; }

    /// <summary>How this actor type takes in an event log; null when it does not.</summary>
    public virtual ILogMapping? LogMapping => null;

    /// <summary>Answers a command. Never throws for anything in the command's bytes.</summary>
    public abstract MachineOutcome Decide(MachineState? state, string commandType, ReadOnlyMemory<byte> command, MachineContext context);

    /// <summary>
    /// Applies a stored event (of this or an older version) while an actor is loaded. <c>loom.upgraded</c> never gets here, and no event of a
    /// machine whose actors are loaded by running their commands again (WebAssembly modules).
    /// </summary>
    /// <exception cref="FormatException">The event is none this machine knows or can upcast.</exception>
    public abstract MachineState Evolve(MachineState? state, string eventType, ReadOnlyMemory<byte> data);

    /// <summary>Rebuilds a state from its bytes (a snapshot).</summary>
    /// <exception cref="FormatException">The bytes are no state of this machine.</exception>
    public abstract MachineState Restore(ReadOnlyMemory<byte> state);
}
