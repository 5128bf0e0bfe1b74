using System.Text.Json;

namespace Loom.Api;

/// <summary>A command that is done and durable.</summary>
/// <param name="Actor">The actor.</param>
/// <param name="CommandId">Its id, also when the host chose it.</param>
/// <param name="Revision">Revision of the last event of its transition; with nothing to do, of the stream.</param>
/// <param name="Events">How many events it made; 0 when there was nothing to do.</param>
/// <param name="Link">Its link's hash; with nothing to do, the head's.</param>
/// <param name="Repeated">Whether this is the first outcome of a command that was sent again.</param>
public sealed record CommandResult(string Actor, string CommandId, long Revision, int Events, string Link, bool Repeated);

/// <summary>One page of the actor directory.</summary>
/// <param name="Actors">The page.</param>
/// <param name="Total">How many match in all.</param>
/// <param name="Lag">Events that the directory has not seen yet.</param>
public sealed record ActorList(IReadOnlyList<ActorItem> Actors, long Total, long Lag);

/// <summary>An actor in a list.</summary>
/// <param name="Actor">TYPE-ID.</param>
/// <param name="Type">The type's name.</param>
/// <param name="Version">The type's version at the last transition.</param>
/// <param name="Label">The state's label; may be empty.</param>
/// <param name="Transitions">Number of transitions.</param>
/// <param name="Revision">Revision of the last event.</param>
/// <param name="LastCommand">Type of the last command.</param>
/// <param name="Changed">When the last transition was decided.</param>
public sealed record ActorItem(
    string Actor, string Type, int Version, string Label, long Transitions, long Revision, string LastCommand, DateTimeOffset Changed);

/// <summary>An actor now, read from its stream.</summary>
/// <param name="Actor">TYPE-ID.</param>
/// <param name="ActorType">TYPE@VERSION of the last link.</param>
/// <param name="Machine">What decided last.</param>
/// <param name="Label">The state's label; may be empty.</param>
/// <param name="Revision">Revision of the last event.</param>
/// <param name="Transitions">Number of transitions.</param>
/// <param name="State">The state.</param>
/// <param name="Link">Hash of the head link.</param>
/// <param name="Born">When the first transition was decided.</param>
/// <param name="Changed">When the last was.</param>
public sealed record ActorDetail(
    string Actor, string ActorType, string Machine, string Label, long Revision, long Transitions, JsonElement? State, string Link,
    DateTimeOffset Born, DateTimeOffset Changed);

/// <summary>One page of a history.</summary>
/// <param name="Actor">The actor.</param>
/// <param name="Transitions">In the order asked for.</param>
/// <param name="Next">The <c>from</c> of the next page in the same direction; null at the end.</param>
public sealed record TransitionList(string Actor, IReadOnlyList<TransitionItem> Transitions, long? Next);

/// <summary>One transition.</summary>
/// <param name="Number">Its number in the stream, from 0.</param>
/// <param name="Revision">Revision of its first event.</param>
/// <param name="LastRevision">Revision of its last.</param>
/// <param name="At">When it was decided.</param>
/// <param name="Kind"><c>command</c> or <c>upgrade</c>.</param>
/// <param name="ActorType">TYPE@VERSION.</param>
/// <param name="Machine">What decided.</param>
/// <param name="Command">The command's type.</param>
/// <param name="CommandId">The sender's id of it.</param>
/// <param name="CommandBody">Its body; null when it is no JSON.</param>
/// <param name="Principal">Who asked.</param>
/// <param name="Roles">With which application roles.</param>
/// <param name="Events">The events, in order.</param>
/// <param name="Fence">The activation's fencing token.</param>
/// <param name="Correlation">The conversation, or null.</param>
/// <param name="Causation">The cause, or null.</param>
/// <param name="From">Digest of the state before; null at birth.</param>
/// <param name="To">Digest of the state after.</param>
/// <param name="Prev">Hash of the previous link; null at birth.</param>
/// <param name="Link">Hash of its link.</param>
/// <param name="CommandProblem">Why the command's body cannot be had (hidden, or its blob is missing or wrong), with the remedy; else null.</param>
public sealed record TransitionItem(
    long Number, long Revision, long LastRevision, DateTimeOffset At, string Kind, string ActorType, string Machine, string Command, string CommandId,
    JsonElement? CommandBody, string Principal, IReadOnlyList<string> Roles, IReadOnlyList<EventItem> Events, long Fence,
    string? Correlation, string? Causation, string? From, string To, string? Prev, string Link, string? CommandProblem = null);

/// <summary>An event.</summary>
/// <param name="Revision">Its place in the stream.</param>
/// <param name="Id">Its id.</param>
/// <param name="Type">Its name.</param>
/// <param name="Data">Its body; null when it is no JSON.</param>
public sealed record EventItem(long Revision, Guid Id, string Type, JsonElement? Data);

/// <summary>A state rebuilt from the journal.</summary>
/// <param name="Actor">The actor.</param>
/// <param name="Revision">Revision of the last event folded: the end of the transition that holds the revision asked for.</param>
/// <param name="Number">Number of the transition after which it holds.</param>
/// <param name="Label">The state's label; may be empty.</param>
/// <param name="State">The state.</param>
/// <param name="To">The link's digest of it.</param>
/// <param name="Agrees">Whether the rebuilt bytes open that digest; false is a finding.</param>
public sealed record ReplayResult(string Actor, long Revision, long Number, string Label, JsonElement? State, string To, bool Agrees);

/// <summary>The registered actor types.</summary>
public sealed record TypeList(IReadOnlyList<TypeItem> Types);

/// <summary>A registered actor type.</summary>
/// <param name="Name">The type's name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Machine">What decides.</param>
/// <param name="Commands">The commands it takes.</param>
/// <param name="Events">The event types it may emit.</param>
/// <param name="Effects">Event types that are effects, with what they ask for.</param>
/// <param name="Capabilities">What it can do, in an operator's words.</param>
public sealed record TypeItem(
    string Name, int Version, string Machine, IReadOnlyList<CommandItem> Commands, IReadOnlyList<string> Events,
    IReadOnlyDictionary<string, string> Effects, IReadOnlyList<string> Capabilities);

/// <summary>A command that a type takes.</summary>
/// <param name="Type">Its name.</param>
/// <param name="Summary">One line for people; may be empty.</param>
/// <param name="Schema">JSON Schema of its body.</param>
public sealed record CommandItem(string Type, string Summary, JsonElement Schema);

/// <summary>One event of <c>/api/tail</c> (the <c>data</c> of an SSE message whose <c>id</c> is the position).</summary>
/// <param name="Position">Its place in the journal.</param>
/// <param name="Stream">Its stream.</param>
/// <param name="Revision">Its place in the stream.</param>
/// <param name="Type">Its name.</param>
/// <param name="Created">When the journal stored it.</param>
/// <param name="Data">Its body; null when it is no JSON.</param>
/// <param name="Command">The command behind it, where this event carries the link.</param>
/// <param name="Principal">Who asked, likewise.</param>
/// <param name="Correlation">The conversation, or null.</param>
public sealed record TailEvent(
    ulong Position, string Stream, long Revision, string Type, DateTimeOffset Created, JsonElement? Data, string? Command, string? Principal, string? Correlation);
