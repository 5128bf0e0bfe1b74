using System.Threading.Channels;

namespace Loom.EventStoreDb.Server.Persistent;

/// <summary>One connected consumer of a group. All but the channel is guarded by the group.</summary>
/// <param name="Capacity">Most events that it has at a time.</param>
/// <param name="From">Where it calls from.</param>
/// <param name="User">Who it is.</param>
/// <param name="Name">What it calls its connection.</param>
internal sealed record Consumer(int Capacity, string From, string User, string Name)
{
    // Never more than the capacity: the group counts what is queued.
    private readonly Channel<Delivery> _deliveries = Channel.CreateUnbounded<Delivery>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Distinguishes it within its group.</summary>
    public int Number { get; set; }

    /// <summary>What it has, by id.</summary>
    public Dictionary<Guid, HeldEvent> InFlight { get; } = [];

    /// <summary>What was given to it and not sent yet.</summary>
    public int Queued { get; set; }

    public long Total { get; set; }

    public TimeSpan Since { get; set; }

    public bool HasRoom => InFlight.Count < Capacity && Queued < Capacity;

    public ChannelReader<Delivery> Deliveries => _deliveries.Reader;

    public void Give(Delivery delivery) => _deliveries.Writer.TryWrite(delivery);

    /// <summary>Nothing more comes, and why.</summary>
    public void End(Exception why) => _deliveries.Writer.TryComplete(why);

    public bool Equals(Consumer? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
