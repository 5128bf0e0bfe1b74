using System.Text.Json;
using Loom.Core;

namespace Loom.EventStoreDb.Server.Persistent;

/// <summary>Which consumer an event goes to.</summary>
internal sealed class Dispatch(string strategy)
{
    private const int Buckets = 1024;

    private readonly List<Consumer> _consumers = [];
    private readonly Consumer?[] _pins = new Consumer?[Buckets];
    private int _next;
    private int _numbers;

    public IReadOnlyList<Consumer> Consumers => _consumers;

    /// <summary>Whether an event can only go to one consumer, so that others behind it may go first.</summary>
    public bool IsPinned { get; } = strategy is GroupSettings.Pinned or GroupSettings.PinnedByCorrelation;

    public void Add(Consumer consumer)
    {
        consumer.Number = _numbers++;
        _consumers.Add(consumer);
        Pin();
    }

    public bool Remove(Consumer consumer)
    {
        var was = _consumers.Remove(consumer);
        Pin();
        return was;
    }

    /// <summary>The one with room that is to have it now; null when it waits.</summary>
    public Consumer? Choose(HeldEvent held)
    {
        if (IsPinned)
        {
            return _pins[held.Bucket] is { } pinned && CanTake(pinned, held) ? pinned : null;
        }

        var first = strategy == GroupSettings.RoundRobin ? _next : 0;
        for (var i = 0; i < _consumers.Count; i++)
        {
            var at = (first + i) % _consumers.Count;
            if (CanTake(_consumers[at], held))
            {
                _next = at + 1;
                return _consumers[at];
            }
        }

        return null;
    }

    /// <summary>What is pinned together: a stream (of a link, the one that it leads to), or what has one correlation.</summary>
    public int BucketOf(RecordedEvent e) =>
        !IsPinned ? 0 : Hash((strategy == GroupSettings.PinnedByCorrelation ? Correlation(e) : null) ?? Source(e)) % Buckets;

    // Two events of one id are with a consumer one after the other: its answers name nothing but the id.
    private static bool CanTake(Consumer consumer, HeldEvent held) => consumer.HasRoom && !consumer.InFlight.ContainsKey(held.Event.Id);

    private static string Source(RecordedEvent e)
    {
        if (e.Type != EventEncoder.Link)
        {
            return e.Stream.Value;
        }

        var text = System.Text.Encoding.UTF8.GetString(e.Data.Span);
        return text[(text.IndexOf('@', StringComparison.Ordinal) + 1)..];
    }

    private static string? Correlation(RecordedEvent e)
    {
        if (e.Metadata.Length == 0)
        {
            return null;
        }

        try
        {
            var reader = new Utf8JsonReader(e.Metadata.Span);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isIt = reader.ValueTextEquals("$correlationId"u8);
                reader.Read();
                if (isIt)
                {
                    return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                }

                reader.Skip();
            }
        }
        catch (Exception e2) when (e2 is JsonException or InvalidOperationException)
        {
            // Metadata may be anything.
        }

        return null;
    }

    // Each bucket goes to the consumer that draws highest for it: whoever comes or goes moves only its own share.
    private void Pin()
    {
        if (!IsPinned)
        {
            return;
        }

        for (var bucket = 0; bucket < Buckets; bucket++)
        {
            _pins[bucket] = _consumers.Count == 0 ? null : _consumers.MaxBy(c => Mix(((ulong)c.Number << 32) | (uint)bucket));
        }
    }

    private static int Hash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in text)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        return (int)(Mix(hash) & int.MaxValue);
    }

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9UL;
        x = (x ^ (x >> 27)) * 0x94d049bb133111ebUL;
        return x ^ (x >> 31);
    }
}
