using Loom.Core;
using Loom.Journal;

namespace Loom.Hosting.Actors;

/// <summary>
/// Which transition is where in a stream: pages and the console count transitions, the journal counts events. Built by one scan of the
/// stream and brought up to date on each use; the least recently used streams are forgotten. Thread-safe.
/// </summary>
internal sealed class TransitionIndex(IJournal journal)
{
    private const int MaxStreams = 256;

    private readonly Lock _gate = new();
    private readonly Dictionary<StreamName, LinkedListNode<StreamIndex>> _streams = [];
    private readonly LinkedList<StreamIndex> _recent = new();

    /// <summary>The stream's index as of now.</summary>
    public async Task<StreamIndex> OfAsync(StreamName stream, CancellationToken cancellationToken)
    {
        var index = Take(stream);
        await index.RefreshAsync(journal, cancellationToken);
        return index;
    }

    private StreamIndex Take(StreamName stream)
    {
        lock (_gate)
        {
            if (_streams.TryGetValue(stream, out var node))
            {
                _recent.Remove(node);
            }
            else
            {
                node = new LinkedListNode<StreamIndex>(new StreamIndex(stream));
                _streams.Add(stream, node);
            }

            _recent.AddFirst(node);
            if (_streams.Count > MaxStreams)
            {
                _streams.Remove(_recent.Last!.Value.Stream);
                _recent.RemoveLast();
            }

            return node.Value;
        }
    }
}

/// <summary>The transitions of one stream by number. Grows, never changes.</summary>
internal sealed class StreamIndex(StreamName stream) : IDisposable
{
    private readonly SemaphoreSlim _scan = new(1, 1);
    private readonly Lock _gate = new();
    private readonly List<long> _ends = [];

    public StreamName Stream => stream;

    /// <summary>How many transitions there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _ends.Count;
            }
        }
    }

    /// <summary>First and last revision of a transition.</summary>
    public (long First, long Last) At(int number)
    {
        lock (_gate)
        {
            return (number == 0 ? 0 : _ends[number - 1] + 1, _ends[number]);
        }
    }

    /// <summary>The transition that holds a revision; null beyond the end.</summary>
    public int? NumberOf(long revision)
    {
        lock (_gate)
        {
            var found = _ends.BinarySearch(revision);
            var number = found < 0 ? ~found : found;
            return revision >= 0 && number < _ends.Count ? number : null;
        }
    }

    public async Task RefreshAsync(IJournal journal, CancellationToken cancellationToken)
    {
        await _scan.WaitAsync(cancellationToken);
        try
        {
            var next = Count == 0 ? 0 : At(Count - 1).Last + 1;
            await foreach (var e in journal.ReadStreamAsync(stream, Direction.Forwards, next, long.MaxValue, cancellationToken))
            {
                if (TransitionReader.ReadLink(e) is not null)
                {
                    lock (_gate)
                    {
                        _ends.Add(e.Revision);
                    }
                }
            }
        }
        finally
        {
            _scan.Release();
        }
    }

    public void Dispose() => _scan.Dispose();
}
