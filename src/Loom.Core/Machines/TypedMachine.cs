using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Loom.Core;

/// <summary>A typed machine's answer: events, or a rejection.</summary>
/// <typeparam name="TEvent">The machine's base type of events.</typeparam>
public readonly record struct Decision<TEvent>
{
    private readonly IReadOnlyList<TEvent>? _events;

    private Decision(IReadOnlyList<TEvent>? events, Rejection? rejection) => (_events, Rejection) = (events, rejection);

    /// <summary>Why not; null when accepted.</summary>
    public Rejection? Rejection { get; }

    /// <summary>What happens; empty when rejected or when there is nothing to do.</summary>
    public IReadOnlyList<TEvent> Events => _events ?? [];

    /// <summary>Accepts with these events; with none, the command had nothing to do.</summary>
    public static Decision<TEvent> Accept(params IReadOnlyList<TEvent> events) => new(events, null);

    /// <summary>Says no.</summary>
    public static Decision<TEvent> Reject(string code, string message) => new(null, new Rejection(code, message));
}

/// <summary>
/// Base of a C# machine. Derive, declare names in <see cref="Define"/>, write <see cref="Decide(TState, TCommand, MachineContext)"/>
/// and <see cref="Evolve(TState, TEvent)"/> as pure functions: no clock, no randomness, no I/O but what the context gives.
/// </summary>
/// <typeparam name="TState">An immutable record; null before birth.</typeparam>
/// <typeparam name="TCommand">Base type of the commands.</typeparam>
/// <typeparam name="TEvent">Base type of the events.</typeparam>
public abstract class Machine<TState, TCommand, TEvent> : Machine
    where TState : class
    where TCommand : notnull
    where TEvent : notnull
{
    private readonly Lazy<MachineDefinition<TState, TCommand, TEvent>> _definition;

    /// <summary>Defers <see cref="Define"/> to first use.</summary>
    protected Machine() => _definition = new(() =>
    {
        var definition = new MachineDefinition<TState, TCommand, TEvent>();
        Define(definition);
        definition.Complete();
        return definition;
    });

    /// <inheritdoc/>
    public sealed override MachineManifest Manifest => _definition.Value.Manifest;

    /// <summary>Declares the actor type's name and version, its state, commands, events and upcasters.</summary>
    protected abstract void Define(MachineDefinition<TState, TCommand, TEvent> machine);

    /// <summary>Events, or a typed "no". Pure.</summary>
    protected abstract Decision<TEvent> Decide(TState? state, TCommand command, MachineContext context);

    /// <summary>The state after an event. Pure, and total over every event ever stored.</summary>
    protected abstract TState Evolve(TState? state, TEvent @event);

    /// <summary>One or two words for people, for example <c>approved</c>.</summary>
    protected virtual string LabelOf(TState state) => "";

    /// <summary>Decides in types, for tests of a machine.</summary>
    public Decision<TEvent> Given(TState? state, TCommand command, MachineContext context) => Decide(state, command, context);

    /// <summary>Folds events in types, for tests of a machine.</summary>
    public TState? Fold(params IEnumerable<TEvent> events) => events.Aggregate<TEvent, TState?>(null, Evolve);

    /// <inheritdoc/>
    public sealed override MachineOutcome Decide(MachineState? state, string commandType, ReadOnlyMemory<byte> command, MachineContext context)
    {
        if (!_definition.Value.Commands.TryGetValue(commandType, out var info))
        {
            return new MachineOutcome.Invalid(
                "unknown-command", $"{Manifest.QualifiedType} has no command '{commandType}'. It has: {string.Join(", ", _definition.Value.Commands.Keys.Order(StringComparer.Ordinal))}.");
        }

        TCommand typed;
        try
        {
            typed = (TCommand)(JsonSerializer.Deserialize(command.Span, info) ?? throw new JsonException("The body is null."));
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException or NotSupportedException)
        {
            return new MachineOutcome.Invalid("invalid-command", $"The body of '{commandType}' does not fit: {Explain(e)}");
        }

        var before = ((State?)state)?.Value;
        var decision = Decide(before, typed, context);
        if (decision.Rejection is { } rejection)
        {
            return new MachineOutcome.Rejected(rejection);
        }

        if (decision.Events.Count == 0)
        {
            return before is null
                ? new MachineOutcome.Rejected(new Rejection("not-born", $"'{commandType}' does not create a {Manifest.ActorType}, and this one does not exist yet."))
                : new MachineOutcome.Accepted(state!, []);
        }

        var events = new EmittedEvent[decision.Events.Count];
        for (var i = 0; i < events.Length; i++)
        {
            events[i] = _definition.Value.Encode(decision.Events[i]);

            // What a later load will see is what this decision folds: the event as it was written, not the object in memory.
            before = Evolve(before, _definition.Value.Decode(events[i].Type, events[i].Data));
        }

        return new MachineOutcome.Accepted(new State(this, before!), events);
    }

    /// <inheritdoc/>
    public sealed override MachineState Evolve(MachineState? state, string eventType, ReadOnlyMemory<byte> data) =>
        new State(this, Evolve(((State?)state)?.Value, _definition.Value.Decode(eventType, data)));

    /// <inheritdoc/>
    public sealed override MachineState Restore(ReadOnlyMemory<byte> state)
    {
        try
        {
            return new State(this, JsonSerializer.Deserialize(state.Span, _definition.Value.StateInfo)
                ?? throw new FormatException("The state is null."));
        }
        catch (JsonException e)
        {
            throw new FormatException($"The bytes are no state of {Manifest.QualifiedType}: {Explain(e)}", e);
        }
    }

    private static string Explain(Exception e) => JsonMistake.Explain(e.Message);

    private sealed class State(Machine<TState, TCommand, TEvent> machine, TState value) : MachineState
    {
        private ReadOnlyMemory<byte>? _bytes;

        public TState Value => value;

        public override ReadOnlyMemory<byte> Bytes =>
            _bytes ??= CanonicalJson.Canonicalize(JsonSerializer.SerializeToUtf8Bytes(value, machine._definition.Value.StateInfo));

        public override string Label => machine.LabelOf(value);
    }
}

/// <summary>The names and JSON forms of a C# machine, filled in by its <c>Define</c>. Names are what history keeps; classes may be renamed.</summary>
/// <typeparam name="TState">The machine's state.</typeparam>
/// <typeparam name="TCommand">Base type of the commands.</typeparam>
/// <typeparam name="TEvent">Base type of the events.</typeparam>
public sealed class MachineDefinition<TState, TCommand, TEvent>
    where TState : class
    where TCommand : notnull
    where TEvent : notnull
{
    private readonly List<CommandDescription> _descriptions = [];
    private readonly Dictionary<string, EffectKind> _effects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonTypeInfo> _events = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, string> _eventNames = [];
    private readonly Dictionary<string, (string To, Func<JsonObject, JsonObject> Change)> _upcasters = new(StringComparer.Ordinal);
    private readonly List<string> _capabilities = [];
    private const string ActivityCompleted = "loom.activityCompleted";
    private const string ActivityFailed = "loom.activityFailed";
    private string? _name;
    private int _version;
    private JsonTypeInfo<TState>? _state;
    private MachineManifest? _manifest;

    internal Dictionary<string, JsonTypeInfo> Commands { get; } = new(StringComparer.Ordinal);

    internal JsonTypeInfo<TState> StateInfo => _state!;

    internal MachineManifest Manifest => _manifest!;

    /// <summary>The actor type's name and version (from 1), and the state's JSON form.</summary>
    public MachineDefinition<TState, TCommand, TEvent> Name(string actorType, int version, JsonTypeInfo<TState> state)
    {
        if (!ActorId.IsType(actorType))
        {
            throw new ArgumentException($"'{actorType}' is not an actor type's name.", nameof(actorType));
        }

        (_name, _version, _state) = (actorType, version, state);
        return this;
    }

    /// <summary>A command this machine takes.</summary>
    public MachineDefinition<TState, TCommand, TEvent> Command<T>(string name, JsonTypeInfo<T> json, string summary = "")
        where T : TCommand
    {
        // Outcomes of effects come back under reserved names; a machine may listen to them, nobody else may send them.
        if (name.StartsWith('$') || (name.StartsWith("loom.", StringComparison.Ordinal) && name is not ("loom.timerFired" or ActivityCompleted or ActivityFailed)))
        {
            throw new ArgumentException($"A command may not be called '{name}'.", nameof(name));
        }

        Commands.Add(name, json);
        _descriptions.Add(new CommandDescription(name, CommandSchema.Of(json), summary));
        return this;
    }

    /// <summary>An event this machine emits, under a versioned name such as <c>deposited.v1</c>.</summary>
    public MachineDefinition<TState, TCommand, TEvent> Event<T>(string name, JsonTypeInfo<T> json, EffectKind? effect = null)
        where T : TEvent
    {
        if (name.StartsWith("loom.", StringComparison.Ordinal) || name.StartsWith('$'))
        {
            throw new ArgumentException($"An event may not be called '{name}'.", nameof(name));
        }

        _events.Add(name, json);
        _eventNames.Add(typeof(T), name);
        if (effect is { } kind)
        {
            _effects.Add(name, kind);
        }

        return this;
    }

    /// <summary>Reads an event that an older version stored as <paramref name="from"/> as if it were a <paramref name="to"/>.</summary>
    public MachineDefinition<TState, TCommand, TEvent> Upcast(string from, string to, Func<JsonObject, JsonObject> change)
    {
        _upcasters.Add(from, (to, change));
        return this;
    }

    /// <summary>Something this machine can do, in an operator's words.</summary>
    public MachineDefinition<TState, TCommand, TEvent> Capability(string name)
    {
        _capabilities.Add(name);
        return this;
    }

    internal void Complete()
    {
        if (_name is null || _version < 1 || Commands.Count == 0 || _events.Count == 0)
        {
            throw new InvalidOperationException($"{typeof(TState).Name}'s machine must declare a name with a version from 1, a command and an event.");
        }

        // An activity always comes back, one way or the other; a machine that cannot hear it would wait for ever.
        if (_effects.ContainsValue(EffectKind.Activity) && !(Commands.ContainsKey(ActivityCompleted) && Commands.ContainsKey(ActivityFailed)))
        {
            throw new InvalidOperationException($"{_name} has an event that asks for an activity, so it must take the commands {ActivityCompleted} and {ActivityFailed}.");
        }

        _manifest = new MachineManifest(
            _name, _version, MachineId.DotNet(_name, _version), _descriptions, _effects, [.. _events.Keys], _capabilities);
    }

    internal EmittedEvent Encode(TEvent e)
    {
        if (!_eventNames.TryGetValue(e.GetType(), out var name))
        {
            throw new InvalidOperationException($"{Manifest.QualifiedType} emitted a {e.GetType().Name}, which its Define does not name.");
        }

        return new EmittedEvent(name, EventData.Json, CanonicalJson.Canonicalize(JsonSerializer.SerializeToUtf8Bytes(e, _events[name])));
    }

    internal TEvent Decode(string type, ReadOnlyMemory<byte> data)
    {
        var json = data;
        var steps = 0;
        while (_upcasters.TryGetValue(type, out var upcaster))
        {
            if (++steps > _upcasters.Count)
            {
                throw new FormatException($"The upcasters of {Manifest.QualifiedType} run in a circle at '{type}'.");
            }

            var changed = upcaster.Change(JsonNode.Parse(json.Span)!.AsObject());
            (type, json) = (upcaster.To, Encoding.UTF8.GetBytes(changed.ToJsonString()));
        }

        if (!_events.TryGetValue(type, out var info))
        {
            throw new FormatException($"{Manifest.QualifiedType} knows no event '{type}' and has no upcaster for it.");
        }

        try
        {
            return (TEvent)(JsonSerializer.Deserialize(json.Span, info) ?? throw new FormatException($"The body of '{type}' is null."));
        }
        catch (JsonException e)
        {
            throw new FormatException($"The body of '{type}' does not fit: {JsonMistake.Explain(e.Message)}", e);
        }
    }
}
