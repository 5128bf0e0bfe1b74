using System.Text;
using Loom.Core;
using Loom.Journal.Blobs;
using Loom.Journal.Streams;

namespace Loom.Journal.Embedded;

/// <summary>Counts, and looks whether every stream's revisions run on.</summary>
internal sealed class CheckVisitor(BlobNaming naming) : IRecordVisitor
{
    private readonly BlobNamingVisitor _names = new(naming);
    private readonly Dictionary<StreamKey, (long Head, bool IsActor)> _streams = [];
    private readonly RecordDecoder _decoder = new();
    private readonly List<RecordedEvent> _events = [];
    private readonly List<JournalDamage> _damage = [];
    private long _appends;
    private long _count;
    private long _torn;
    private ulong? _last;

    public void Record(string file, long offset, in RecordHeader header, ReadOnlySpan<byte> streamUtf8, ReadOnlySpan<byte> payload)
    {
        var key = StreamKey.Of(streamUtf8);
        var (head, isActor) = _streams.GetValueOrDefault(key, (-1, false));
        isActor |= header.FirstRevision == 0 && header.Count > 0 && _decoder.TryDecode(header, payload, _events) && TransitionReader.CarriesLoom(_events[0]);
        if (header.FirstRevision != head + 1 && !MayGap(header, head, isActor, streamUtf8))
        {
            Damage(file, offset, $"stream '{Encoding.UTF8.GetString(streamUtf8)}' goes on with revision {header.FirstRevision} where {head + 1} belongs");
        }

        _streams[key] = (header.LastRevision, isActor);
        _appends++;
        _count += header.Count;
        _last = header.Position + (ulong)header.Count - 1;
        _names.Record(file, offset, header, streamUtf8, payload);
    }

    /// <summary>Scavenged streams have gaps, and a tombstone has a revision far beyond; an actor's stream and Loom's own have no gap.</summary>
    private static bool MayGap(in RecordHeader header, long head, bool isActor, ReadOnlySpan<byte> streamUtf8)
    {
        if (header is { FirstRevision: MetadataStreams.TombstoneRevision, Count: 1 })
        {
            return head != MetadataStreams.TombstoneRevision;
        }

        return header.FirstRevision > head && !isActor
            && (!streamUtf8.StartsWith("loom."u8) || (StreamName.TryParse(Encoding.UTF8.GetString(streamUtf8), out var name) && StreamRules.KeepsNewestOnly(name)));
    }

    public void Damage(string file, long offset, string what)
    {
        if (_damage.Count < CheckReport.MaxDamage)
        {
            _damage.Add(new JournalDamage(file, offset, what));
        }
    }

    public void TornTail(long bytes) => _torn = bytes;

    public CheckReport Report(int segments, long bytes) => new(segments, bytes, _appends, _count, _streams.Count, _last, _torn, _damage);
}

/// <summary>Learns which blobs the events name.</summary>
internal sealed class BlobNamingVisitor(BlobNaming naming) : IRecordVisitor
{
    private readonly RecordDecoder _decoder = new();
    private readonly List<RecordedEvent> _events = [];

    public void Record(string file, long offset, in RecordHeader header, ReadOnlySpan<byte> streamUtf8, ReadOnlySpan<byte> payload)
    {
        if (naming.MayName(payload) && _decoder.TryDecode(header, payload, _events))
        {
            _events.ForEach(e => naming.Accept(e));
        }
    }

    public void Damage(string file, long offset, string what)
    {
    }

    public void TornTail(long bytes)
    {
    }
}

/// <summary>Counts by category.</summary>
internal sealed class StatsVisitor : IRecordVisitor
{
    private const int MaxCategories = 10_000;
    private const int Shown = 50;
    private const string Others = "(others)";

    private readonly HashSet<StreamKey> _streams = [];
    private readonly Dictionary<string, (long Streams, long Events)> _categories = new(StringComparer.Ordinal);
    private long _appends;
    private long _events;
    private long? _first;
    private long _lastTicks;
    private ulong? _last;

    public void Record(string file, long offset, in RecordHeader header, ReadOnlySpan<byte> streamUtf8, ReadOnlySpan<byte> payload)
    {
        var hyphen = streamUtf8.IndexOf((byte)'-');
        var name = System.Text.Encoding.UTF8.GetString(hyphen > 0 ? streamUtf8[..hyphen] : streamUtf8);
        if (_categories.Count >= MaxCategories && !_categories.ContainsKey(name))
        {
            name = Others;
        }

        var (streams, events) = _categories.GetValueOrDefault(name);
        _categories[name] = (streams + (_streams.Add(StreamKey.Of(streamUtf8)) ? 1 : 0), events + header.Count);
        _appends++;
        _events += header.Count;
        _first ??= header.CreatedTicks;
        _lastTicks = header.CreatedTicks;
        _last = header.Position + (ulong)header.Count - 1;
    }

    public void Damage(string file, long offset, string what) => throw new JournalException(
        JournalFailure.Corrupt, $"{file} is damaged at offset {offset}: {what}. Run 'loom journal check' for the extent.");

    public void TornTail(long bytes)
    {
    }

    public JournalStats Report(int segments, long bytes) => new(
        segments, bytes, _appends, _events, _streams.Count, Time(_first), Time(_first is null ? null : _lastTicks), _last,
        [.. _categories.OrderByDescending(c => c.Value.Events).ThenBy(c => c.Key, StringComparer.Ordinal).Take(Shown).Select(c => new JournalCategory(c.Key, c.Value.Streams, c.Value.Events))]);

    private static DateTimeOffset? Time(long? ticks) => ticks is { } t ? new DateTimeOffset(t, TimeSpan.Zero) : null;
}
