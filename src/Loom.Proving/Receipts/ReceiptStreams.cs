using Loom.Core;
using Loom.Journal;
using Loom.Journal.Log;

namespace Loom.Proving;

/// <summary>The streams <c>loom.receipts-STREAM</c>: which transitions have a receipt, and attaching one, once.</summary>
internal sealed class ReceiptStreams(IJournal journal, LoomStreams streams)
{
    private const int MaxStreams = 256;
    private readonly Dictionary<StreamName, Entry> _entries = [];
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>The receipt of a transition, and its revision; null when there is none.</summary>
    public async Task<(ReceiptAct Act, long Revision)?> FindAsync(StreamName stream, Digest link, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var entry = Of(stream);
            await entry.Acts.CatchUpAsync(cancellationToken);
            return await entry.ReadAsync(journal, link, cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Attaches a receipt, unless the transition has one; gives the one that it has then.</summary>
    public async Task<(ReceiptAct Act, long Revision)> AttachAsync(ReceiptAct act, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var entry = Of(act.Stream);
            var id = UuidV5.DerivedCommand($"receipt\n{act.Link}\n{act.ImageId}\n{act.Set}");
            await entry.Acts.AppendAsync(ReceiptAct.Attached, act.Write(), id, () => entry.Revisions.ContainsKey(act.Link), cancellationToken);
            return (await entry.ReadAsync(journal, act.Link, cancellationToken))!.Value;
        }
        finally
        {
            _one.Release();
        }
    }

    private Entry Of(StreamName stream)
    {
        if (!_entries.TryGetValue(stream, out var entry))
        {
            if (_entries.Count >= MaxStreams)
            {
                _entries.Remove(_entries.Keys.First());
            }

            _entries[stream] = entry = new Entry(journal, streams, LoomStreams.Receipts(stream));
        }

        return entry;
    }

    private sealed class Entry
    {
        private readonly StreamName _stream;

        public Entry(IJournal journal, LoomStreams streams, StreamName stream) =>
            (_stream, Acts) = (stream, new LinkedActs(journal, streams, stream, (e, link) => Revisions.TryAdd(ReceiptAct.Read(e.Data).Link, link.Revision)));

        public LinkedActs Acts { get; }

        public Dictionary<Digest, long> Revisions { get; } = [];

        public async Task<(ReceiptAct Act, long Revision)?> ReadAsync(IJournal journal, Digest link, CancellationToken cancellationToken)
        {
            if (!Revisions.TryGetValue(link, out var revision))
            {
                return null;
            }

            await foreach (var e in journal.ReadStreamAsync(_stream, Direction.Forwards, revision, 1, cancellationToken))
            {
                return (ReceiptAct.Read(e.Data), revision);
            }

            throw new JournalException(JournalFailure.Corrupt, $"{_stream} at revision {revision} is missing. Restore the journal from a backup.");
        }
    }
}
