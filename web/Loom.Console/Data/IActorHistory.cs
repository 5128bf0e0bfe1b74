namespace Loom.Web.Data;

/// <summary>
/// One actor's life, from the journal itself. Transitions are numbered from 0 (birth) without gaps, whatever number of events each has;
/// any number within the stream must be reachable without handing over the ones before it.
/// </summary>
public interface IActorHistory
{
    /// <summary>Where the actor stands now; null when there is no such actor.</summary>
    Task<ActorHead?> HeadAsync(string stream, CancellationToken cancellationToken);

    /// <summary>Transitions <paramref name="from"/> to <paramref name="from"/> + <paramref name="count"/> − 1, oldest first, cut at the end of the stream.</summary>
    Task<IReadOnlyList<TransitionRow>> TransitionsAsync(string stream, long from, int count, CancellationToken cancellationToken);

    /// <summary>Everything about one transition; null when the stream has no such number.</summary>
    Task<TransitionDetail?> TransitionAsync(string stream, long number, CancellationToken cancellationToken);

    /// <summary>The number of the transition that an event revision belongs to; null when there is none.</summary>
    Task<long?> NumberOfAsync(string stream, long revision, CancellationToken cancellationToken);

    /// <summary>The state right after transition <paramref name="number"/>, by replaying the journal up to it; null when the stream has no such number.</summary>
    Task<StateAt?> StateAsync(string stream, long number, CancellationToken cancellationToken);

    /// <summary>Yields the head now and after every change until cancelled. A stream without an actor yields nothing until it is born.</summary>
    IAsyncEnumerable<ActorHead> WatchAsync(string stream, CancellationToken cancellationToken);
}

/// <summary>Where an actor stands.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Type">The actor type's name.</param>
/// <param name="Version">The type's version.</param>
/// <param name="Machine">What decides.</param>
/// <param name="Label">The state's label; may be empty.</param>
/// <param name="Transitions">Number of transitions.</param>
/// <param name="Revision">Revision of the last event.</param>
/// <param name="Born">Time of the first transition.</param>
/// <param name="Changed">Time of the last.</param>
/// <param name="Capabilities">What the type can do, in an operator's words.</param>
public sealed record ActorHead(
    string Stream,
    string Type,
    int Version,
    string Machine,
    string Label,
    long Transitions,
    long Revision,
    DateTimeOffset Born,
    DateTimeOffset Changed,
    IReadOnlyList<string> Capabilities)
{
    /// <summary>The module that made its last transition; null for a C# machine, and for a module that is not registered here.</summary>
    public ModuleName? Module { get; init; }

    /// <summary>The module that its type has now, when it is another one: the actor is upgraded to it when it is loaded next.</summary>
    public ModuleName? Next { get; init; }
}

/// <summary>A module's name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Sha256">The hash that links name it by, hex.</param>
public sealed record ModuleName(string Name, int Version, string Sha256);

/// <summary>One transition in a timeline or chain.</summary>
/// <param name="Number">Its number in the stream, from 0.</param>
/// <param name="Revision">Revision of its first event.</param>
/// <param name="At">When it was decided.</param>
/// <param name="Upgrade">Whether it is an upgrade, not a command.</param>
/// <param name="Command">The command's type.</param>
/// <param name="Principal">Who asked.</param>
/// <param name="Roles">With which application roles.</param>
/// <param name="Fence">The activation's fencing token.</param>
/// <param name="EventTypes">Types of its events, in order.</param>
/// <param name="Link">The link's hash, hex.</param>
/// <param name="Leaf">Its leaf index in the transparency log; null while not yet in.</param>
/// <param name="CheckpointSize">Size of the first checkpoint known to cover the leaf; null while none does.</param>
public sealed record TransitionRow(
    long Number,
    long Revision,
    DateTimeOffset At,
    bool Upgrade,
    string Command,
    string Principal,
    IReadOnlyList<string> Roles,
    long Fence,
    IReadOnlyList<string> EventTypes,
    string Link,
    long? Leaf,
    long? CheckpointSize);

/// <summary>Everything about one transition.</summary>
/// <param name="Row">The short form.</param>
/// <param name="CommandId">The sender's command id.</param>
/// <param name="CommandJson">The command's body; null when it is hidden, erased or no JSON.</param>
/// <param name="CommandDigest">Salted digest of the command, hex.</param>
/// <param name="Machine">What decided.</param>
/// <param name="From">Digest of the state before, hex; null at birth.</param>
/// <param name="To">Digest of the state after, hex.</param>
/// <param name="Prev">Hash of the previous link, hex; null at birth.</param>
/// <param name="Events">The events, in order.</param>
/// <param name="Correlation">The conversation, or null.</param>
/// <param name="Causation">The cause, or null.</param>
/// <param name="Traceparent">Trace context, or null.</param>
/// <param name="LinkJson">The whole link object as stored.</param>
/// <param name="CommandProblem">Why the command's body cannot be had, with the remedy; else null.</param>
public sealed record TransitionDetail(
    TransitionRow Row,
    string CommandId,
    string? CommandJson,
    string CommandDigest,
    string Machine,
    string? From,
    string To,
    string? Prev,
    IReadOnlyList<EventView> Events,
    string? Correlation,
    string? Causation,
    string? Traceparent,
    string LinkJson,
    string? CommandProblem = null)
{
    /// <summary>The module that decided; null for a C# machine, and for a module that is not registered here.</summary>
    public ModuleName? Module { get; init; }
}

/// <summary>An event for people.</summary>
/// <param name="Revision">Its place in the stream.</param>
/// <param name="Id">Its id.</param>
/// <param name="Type">Its name.</param>
/// <param name="Digest">Salted digest of its body, hex.</param>
/// <param name="Json">The body; null when it is no JSON.</param>
/// <param name="Effect">What it asks the platform to do (<c>send</c>, <c>timer</c>), or null.</param>
public sealed record EventView(long Revision, Guid Id, string Type, string Digest, string? Json, string? Effect);

/// <summary>A state at one place of a history.</summary>
/// <param name="Number">The transition after which it holds.</param>
/// <param name="Revision">Revision of that transition's last event.</param>
/// <param name="Label">The state's label; may be empty.</param>
/// <param name="Json">The state; null when it is no JSON.</param>
/// <param name="Agrees">Whether the replayed bytes open the link's <c>to</c>; false is a finding.</param>
public sealed record StateAt(long Number, long Revision, string Label, string? Json, bool Agrees);
