using Loom.Core;

namespace Loom.EventStoreDb.Server.Persistent;

/// <summary>An event that was read and is not done: buffered, with a consumer, waiting to come again, or being parked.</summary>
internal sealed class HeldEvent
{
    private const int Overhead = 512;

    public HeldEvent(RecordedEvent e, long sequence)
    {
        (Event, Sequence) = (e, sequence);
        Node = new LinkedListNode<HeldEvent>(this);
        Unsettled = new LinkedListNode<HeldEvent>(this);
    }

    public RecordedEvent Event { get; }

    /// <summary>The order in which events were read.</summary>
    public long Sequence { get; }

    /// <summary>Where it stands in what the group follows.</summary>
    public ulong Mark { get; init; }

    /// <summary>The group's place before it was read.</summary>
    public ulong? Before { get; init; }

    /// <summary>Its revision among the parked events when it is replayed; else −1.</summary>
    public long Parked { get; init; } = -1;

    /// <summary>Which consumer a pinned one goes to.</summary>
    public int Bucket { get; init; }

    public int Retries { get; set; }

    /// <summary>Where it is now; null while it is with no consumer.</summary>
    public Delivery? Delivery { get; set; }

    /// <summary>The consumer that had it too long, and may still say that it is done.</summary>
    public Consumer? LateAt { get; set; }

    /// <summary>Its place in the buffer.</summary>
    public LinkedListNode<HeldEvent> Node { get; }

    /// <summary>Its place among all that are not done.</summary>
    public LinkedListNode<HeldEvent> Unsettled { get; }

    public long Size => Event.Data.Length + Event.Metadata.Length + Overhead;
}

/// <summary>An event on its way to, or with, one consumer.</summary>
internal sealed class Delivery
{
    public Delivery(HeldEvent held, Consumer to, TimeSpan due)
    {
        (Held, To, Due, Retries) = (held, to, due, held.Retries);
        Node = new LinkedListNode<Delivery>(this);
    }

    public HeldEvent Held { get; }

    public Consumer To { get; }

    /// <summary>Until when it has to be answered.</summary>
    public TimeSpan Due { get; }

    public int Retries { get; }

    public LinkedListNode<Delivery> Node { get; }

    /// <summary>Whether the consumer still has it; else it came too late to be sent.</summary>
    public bool IsCurrent => Held.Delivery == this;
}
