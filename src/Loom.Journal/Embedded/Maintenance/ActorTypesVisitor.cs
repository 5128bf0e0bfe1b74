using System.Text;
using Loom.Core;

namespace Loom.Journal.Embedded;

/// <summary>Learns of which types there are actors: those with a stream whose first event carries a link.</summary>
internal sealed class ActorTypesVisitor(IEnumerable<string> known) : IRecordVisitor
{
    private readonly HashSet<string> _types = new(known, StringComparer.Ordinal);
    private readonly RecordDecoder _decoder = new();
    private readonly List<RecordedEvent> _events = [];

    public bool IsActorStream(StreamName stream) => ActorId.TryParse(stream.Value, out var actor) && _types.Contains(actor.Type);

    public void Record(string file, long offset, in RecordHeader header, ReadOnlySpan<byte> streamUtf8, ReadOnlySpan<byte> payload)
    {
        if (header.FirstRevision == 0
            && ActorId.TryParse(Encoding.UTF8.GetString(streamUtf8), out var actor) && !_types.Contains(actor.Type)
            && _decoder.TryDecode(header, payload, _events) && TransitionReader.CarriesLoom(_events[0]))
        {
            _types.Add(actor.Type);
        }
    }

    public void Damage(string file, long offset, string what)
    {
    }

    public void TornTail(long bytes)
    {
    }
}
