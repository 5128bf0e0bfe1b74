using Loom.Core;
using Loom.Journal;

namespace Loom.EventStoreDb;

/// <summary>A group of consumers that share the events of a stream, or of everything. The server keeps its place.</summary>
/// <param name="Stream">The stream; null for the whole journal.</param>
/// <param name="Name">The group's name, 1 to 1,000 characters; groups of different streams may have the same.</param>
public sealed record PersistentGroup(StreamName? Stream, string Name)
{
    /// <summary>Its name and what it follows.</summary>
    public override string ToString() => $"{Stream?.Value ?? "$all"}::{Name}";
}

/// <summary>To which consumer an event goes.</summary>
public enum PersistentStrategy
{
    /// <summary>To each in turn.</summary>
    RoundRobin,

    /// <summary>To one, until it has no room.</summary>
    DispatchToSingle,

    /// <summary>Events of one stream to the same consumer, as long as it is there.</summary>
    Pinned,

    /// <summary>Events of one <c>$correlationId</c> to the same consumer, as long as it is there.</summary>
    PinnedByCorrelation,
}

/// <summary>How a group works. The defaults are those of the original's clients.</summary>
public sealed record PersistentSettings
{
    /// <summary>The first revision (of the whole journal: position); 0 is the start, <see cref="ulong.MaxValue"/> the end of now.</summary>
    public ulong From { get; init; }

    /// <summary>Which events a group of the whole journal gets; null for all. An update leaves it as it was.</summary>
    public EventFilter? Filter { get; init; }

    /// <summary>To which consumer an event goes.</summary>
    public PersistentStrategy Strategy { get; init; }

    /// <summary>Whether consumers get what a link names in its place.</summary>
    public bool ResolveLinks { get; init; }

    /// <summary>How long a consumer has to answer an event before it comes again; zero for ever. Up to 24 days.</summary>
    public TimeSpan MessageTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often an event comes again before it is parked.</summary>
    public int MaxRetries { get; init; } = 10;

    /// <summary>How long after the last checkpoint the next is written.</summary>
    public TimeSpan CheckpointAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Fewer events done are not worth a checkpoint.</summary>
    public int MinCheckpoint { get; init; } = 10;

    /// <summary>So many events done are worth a checkpoint at once.</summary>
    public int MaxCheckpoint { get; init; } = 1_000;

    /// <summary>Most consumers; 0 for as many as the server takes.</summary>
    public int MaxConsumers { get; init; }

    /// <summary>Events that are held while consumers keep up.</summary>
    public int LiveBuffer { get; init; } = 500;

    /// <summary>Events that are held while they catch up; more than <see cref="ReadBatch"/>.</summary>
    public int HistoryBuffer { get; init; } = 500;

    /// <summary>Events that are read at once.</summary>
    public int ReadBatch { get; init; } = 20;
}

/// <summary>How a group stands. Positions are the server's own texts, empty where there is none.</summary>
/// <param name="Group">The group.</param>
/// <param name="Status"><c>Live</c> or <c>Behind</c>, and what else the server says.</param>
/// <param name="Consumers">Consumers connected.</param>
/// <param name="InFlight">Events that consumers have and have not answered.</param>
/// <param name="Parked">Events that are parked.</param>
/// <param name="LastCheckpoint">Up to where everything is done.</param>
/// <param name="LastKnown">Up to where events are known.</param>
public sealed record PersistentInfo(PersistentGroup Group, string Status, int Consumers, int InFlight, long Parked, string LastCheckpoint, string LastKnown);

/// <summary>What becomes of an event that a consumer does not acknowledge.</summary>
public enum NackAction
{
    /// <summary>The server decides.</summary>
    Unknown,

    /// <summary>It is parked, for somebody to look at.</summary>
    Park,

    /// <summary>It comes again.</summary>
    Retry,

    /// <summary>It is done.</summary>
    Skip,

    /// <summary>It comes again, and this consumer gets no more.</summary>
    Stop,
}

/// <summary>An event that a consumer got and has to answer.</summary>
/// <param name="Event">The event; where the group resolves links, what the link names.</param>
/// <param name="Retries">How often it came before; null where the server does not say.</param>
public sealed record PersistentDelivery(RecordedEvent Event, int? Retries)
{
    // Of a link that was resolved it is the link that is answered.
    internal Guid AnsweredBy { get; init; }
}
