using Loom.Core;
using Loom.Journal.Streams;

namespace Loom.Journal.Embedded;

/// <summary>Says which records may go. Asks the rules once for each stream of a segment.</summary>
internal sealed class ScavengeJudge(StreamRules rules)
{
    private const int MaxRemembered = 1 << 17;

    private readonly Dictionary<StreamKey, StreamRemains> _remains = [];
    private readonly RecordDecoder _decoder = new();
    private readonly List<RecordedEvent> _events = [];

    /// <summary>Forgets what it knew: streams change, and what is judged next may have been written since.</summary>
    public void Forget() => _remains.Clear();

    /// <exception cref="FormatException">The record is malformed.</exception>
    public bool MayDrop(in RecordHeader header, ReadOnlySpan<byte> payload)
    {
        if (!RecordDecoder.TryStream(payload, out var utf8))
        {
            throw new FormatException("the record names no stream");
        }

        var key = StreamKey.Of(utf8);
        if (!_remains.TryGetValue(key, out var remains))
        {
            if (!_decoder.TryDecode(header, payload, _events))
            {
                throw new FormatException("the record's events cannot be read");
            }

            if (_remains.Count >= MaxRemembered)
            {
                _remains.Clear();
            }

            _remains[key] = remains = rules.Remains(_events[0].Stream);
        }

        if (!remains.Loses || !remains.MayDrop(header.LastRevision, new DateTimeOffset(header.CreatedTicks, TimeSpan.Zero)))
        {
            return false;
        }

        if (!_decoder.TryDecode(header, payload, _events))
        {
            throw new FormatException("the record's events cannot be read");
        }

        // The rules protect actors' streams; that no event with a link goes, wherever it lies, hangs on nothing but itself.
        return !_events.Exists(TransitionReader.CarriesLoom);
    }
}
