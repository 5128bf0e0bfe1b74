using System.Text;

namespace Loom.Core;

/// <summary>
/// One actor in memory, without journal or host: for the tests of a machine. It gives the machine what a host would give it (canonical
/// bodies, sorted roles, a revision) and checks after every accepted command that the stored events alone rebuild the same state.
/// Not thread-safe.
/// </summary>
/// <param name="machine">The machine under test.</param>
/// <param name="actor">The actor's name, for example <c>account-alice</c>.</param>
public sealed class InMemoryActor(Machine machine, string actor)
{
    private readonly List<EmittedEvent> _events = [];
    private int _sent;

    /// <summary>The state, or null before birth.</summary>
    public MachineState? State { get; private set; }

    /// <summary>Every event so far, as it would be stored.</summary>
    public IReadOnlyList<EmittedEvent> Events => _events;

    /// <summary>The moment the next command is decided at, unless it says otherwise.</summary>
    public Timestamp Now { get; set; } = Timestamp.Parse("2026-01-01T00:00:00.000000Z");

    /// <summary>The state as JSON text; empty before birth.</summary>
    public string StateJson => State is null ? "" : Encoding.UTF8.GetString(State.Bytes.Span);

    /// <summary>Sends a command with a JSON body and applies the answer.</summary>
    /// <exception cref="FormatException">The body is not I-JSON.</exception>
    /// <exception cref="InvalidOperationException">The machine breaks its contract: its events do not rebuild its state.</exception>
    public MachineOutcome Send(
        string command, string json, string principal = "test", IEnumerable<string>? roles = null, string? commandId = null) =>
        Send(command, CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(json)), principal, roles, commandId);

    /// <summary>Sends a command whose body is canonical already, and applies the answer.</summary>
    /// <exception cref="InvalidOperationException">The machine breaks its contract: its events do not rebuild its state.</exception>
    public MachineOutcome Send(
        string command, ReadOnlyMemory<byte> canonical, string principal = "test", IEnumerable<string>? roles = null, string? commandId = null)
    {
        var context = new MachineContext(
            actor, Now, commandId ?? $"command-{++_sent}", command, principal, _events.Count,
            [.. (roles ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
        var outcome = machine.Decide(State, command, canonical, context);
        if (outcome is MachineOutcome.Accepted accepted)
        {
            Apply(command, accepted);
        }

        return outcome;
    }

    private void Apply(string command, MachineOutcome.Accepted accepted)
    {
        var folded = State;
        foreach (var e in accepted.Events)
        {
            folded = machine.Evolve(folded, e.Type, e.Data);
        }

        if (folded is null || !folded.Bytes.Span.SequenceEqual(accepted.State.Bytes.Span))
        {
            throw new InvalidOperationException($"The events that '{command}' gave do not rebuild the state that it gave.");
        }

        State = accepted.State;
        _events.AddRange(accepted.Events);
    }
}
