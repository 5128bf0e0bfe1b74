using Loom.Core;
using Loom.Journal.Blobs;

namespace Loom.Journal.Embedded;

/// <summary>Counts, and looks whether every stream's revisions run on.</summary>
internal sealed class CheckVisitor(BlobNaming naming) : IRecordVisitor
{
    private readonly BlobNamingVisitor _names = new(naming);
    private readonly Dictionary<StreamKey, long> _heads = [];
    private readonly List<JournalDamage> _damage = [];
    private long _appends;
    private long _events;
    private long _torn;
    private ulong? _last;

    public void Record(string file, long offset, in RecordHeader header, ReadOnlySpan<byte> streamUtf8, ReadOnlySpan<byte> payload)
    {
        var key = StreamKey.Of(streamUtf8);
        var next = _heads.GetValueOrDefault(key, -1) + 1;
        var isTombstone = header is { FirstRevision: MetadataStreams.TombstoneRevision, Count: 1 } && next != long.MinValue;
        if (header.FirstRevision != next && !isTombstone)
        {
            Damage(file, offset, $"stream '{System.Text.Encoding.UTF8.GetString(streamUtf8)}' goes on with revision {header.FirstRevision} where {next} belongs");
        }

        _heads[key] = header.LastRevision;
        _appends++;
        _events += header.Count;
        _last = header.Position + (ulong)header.Count - 1;
        _names.Record(file, offset, header, streamUtf8, payload);
    }

    public void Damage(string file, long offset, string what)
    {
        if (_damage.Count < CheckReport.MaxDamage)
        {
            _damage.Add(new JournalDamage(file, offset, what));
        }
    }

    public void TornTail(long bytes) => _torn = bytes;

    public CheckReport Report(int segments, long bytes) => new(segments, bytes, _appends, _events, _heads.Count, _last, _torn, _damage);
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
