using Loom.Core;

namespace Loom.Journal.Embedded;

/// <summary>
/// The newest event ids and where they went: what an append without an explicit revision is compared with. Best effort, as in
/// EventStoreDB: it forgets the oldest, and everything on a restart. Used by the writer only.
/// </summary>
internal sealed class RecentIds
{
    private const int Capacity = 1 << 16;

    private readonly Dictionary<Guid, Place> _places = [];
    private readonly Queue<Guid> _order = new();

    public bool TryGet(Guid id, StreamName stream, out Place place) => _places.TryGetValue(id, out place) && place.Stream == stream.Value;

    public void Add(AppendRequest request)
    {
        for (var i = 0; i < request.Events.Count; i++)
        {
            var id = request.Events[i].Id;
            _order.Enqueue(id);
            if (_order.Count > Capacity)
            {
                _places.Remove(_order.Dequeue());
            }

            _places[id] = new Place(request.Stream.Value, request.FirstRevision + i, request.Position + (ulong)i);
        }
    }

    public void Remove(AppendRequest request)
    {
        for (var i = 0; i < request.Events.Count; i++)
        {
            _places.Remove(request.Events[i].Id);
        }
    }

    public readonly record struct Place(string Stream, long Revision, ulong Position);
}
