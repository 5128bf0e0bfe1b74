using Loom.Core;
using Loom.Journal;
using Loom.Journal.Log;

namespace Loom.Simulation.Tests.Kill;

/// <summary>
/// Looks into the journal of a host that was killed, as it lies there, after every kill: chains whole, every id once, everything
/// acknowledged there, and one transparency log that only grows. Goes on where it stopped last time.
/// </summary>
internal sealed class FolderCheck(string data, string origin)
{
    private readonly Dictionary<StreamName, Link> _heads = [];
    private readonly Dictionary<(string Actor, string Id), Digest> _done = [];
    private readonly List<RecordedEvent> _parts = [];
    private readonly MerkleTree _tree = new();
    private readonly List<Checkpoint> _checkpoints = [];
    private ulong? _position;

    public long Transitions { get; private set; }

    public long Leaves => _tree.Size;

    public int Checkpoints => _checkpoints.Count;

    public long ConsistencyProofs { get; private set; }

    /// <summary>Opens the folder for reading and checks what is new in it; whether the kill left a torn tail.</summary>
    public async Task<bool> RunAsync(IReadOnlyList<SentCommand> sent)
    {
        await using var journal = await OpenAsync(data);
        await ReadEventsAsync(journal);
        foreach (var command in sent)
        {
            var isThere = _done.TryGetValue((command.Actor, command.Id), out var link);
            Holds(command.Answer != Answer.Accepted || (isThere && link == command.Link), $"{command.Actor}: {command.Id} was acknowledged with link {command.Link}, and {(isThere ? $"{link} is there" : "it is not there")}");
            Holds(command.Answer != Answer.Rejected || !isThere, $"{command.Actor}: {command.Id} was rejected and is there");
        }

        await using var log = await TransparencyLog.OpenAsync(journal, new TransparencyLogOptions { Signer = null, Origin = origin }, CancellationToken.None);
        Holds(log.Health.Findings.Count == 0, string.Join("; ", log.Health.Findings));
        await ReadLogAsync(log);
        await CheckPublishedAsync(log);
        return journal.Recovery is not null;
    }

    /// <summary>After an orderly end: every transition is a leaf.</summary>
    public async Task CheckLogIsCompleteAsync()
    {
        await using var journal = await OpenAsync(data);
        await using var log = await TransparencyLog.OpenAsync(journal, new TransparencyLogOptions { Signer = null, Origin = origin }, CancellationToken.None);
        foreach (var (stream, head) in _heads)
        {
            Holds(log.IndexOf(stream, head.LastRevision) is not null, $"{stream} at revision {head.LastRevision} is no leaf although the log was flushed");
        }
    }

    public static Task<SegmentedJournal> OpenAsync(string data) =>
        SegmentedJournal.OpenAsync(new SegmentedJournalOptions { Directory = Path.Combine(data, "journal"), ReadOnly = true }, CancellationToken.None);

    private async Task ReadEventsAsync(IJournal journal)
    {
        await foreach (var e in journal.ReadAllAsync(Direction.Forwards, _position is { } last ? last + 1 : 0, long.MaxValue, null, CancellationToken.None))
        {
            _position = e.Position;
            if (e.Stream.IsLoom)
            {
                continue;
            }

            var read = TransitionReader.Read(e);
            _parts.Add(e);
            if (read is not null)
            {
                Follow(read.Value.Link, read.Value.Opening);
                _parts.Clear();
            }
        }

        Holds(_parts.Count == 0, $"{(_parts.Count == 0 ? "" : _parts[0].Stream.Value)}: a transition is there only in part");
    }

    private void Follow(Link link, Opening opening)
    {
        var where = $"{link.Stream} at revision {link.Revision}";
        Holds(_parts.All(p => p.Stream == link.Stream) && _parts.Count == link.Count, $"{where}: {_parts.Count} events before a link that counts {link.Count}");
        for (var i = 0; i < link.Count; i++)
        {
            Holds(_parts[i].Revision == link.Revision + i && _parts[i].Id == link.Events[i].Id, $"{where}: event {i} is not the link's");
            Holds(Salts.DigestOf(opening.PartSalt(Salts.Event(i))!, _parts[i].Data.Span) == link.Events[i].Digest, $"{where}: event {i} was changed");
        }

        var before = _heads.GetValueOrDefault(link.Stream);
        Holds(link.Revision == (before?.LastRevision + 1 ?? 0), $"{where}: the previous link ends at {before?.LastRevision}");
        Holds(link.Prev == before?.Hash && link.From == before?.To, $"{where}: the link does not follow the previous one");
        Holds(before is null || (link.At >= before.At && link.Fence >= before.Fence), $"{where}: time or fence goes back");
        Holds(_done.TryAdd((link.Stream.Value, link.Command.Id.Value), link.Hash), $"{where}: command {link.Command.Id} was done twice");
        _heads[link.Stream] = link;
        Transitions++;
    }

    private async Task ReadLogAsync(TransparencyLog log)
    {
        await foreach (var entry in log.EntriesAsync(_tree.Size, long.MaxValue, CancellationToken.None))
        {
            Holds(entry.Index == _tree.Size, $"leaf {entry.Index} where {_tree.Size} belongs");
            _tree.Append(entry.Link);
        }

        var keys = await log.KeysAsync(CancellationToken.None);
        var added = new List<Checkpoint>();
        await foreach (var info in log.CheckpointsAsync(long.MaxValue, long.MaxValue, CancellationToken.None))
        {
            if (_checkpoints.Count > 0 && info.Checkpoint.Size <= _checkpoints[^1].Size)
            {
                break;
            }

            CheckNote(info.Checkpoint, info.Note, keys);
            added.Add(info.Checkpoint);
        }

        added.Reverse();
        foreach (var checkpoint in added)
        {
            foreach (var earlier in _checkpoints)
            {
                ConsistencyProofs++;
                Holds(
                    earlier.Size < checkpoint.Size && Merkle.VerifyConsistency(
                        earlier.Size, checkpoint.Size, earlier.Root, checkpoint.Root, log.ConsistencyProof(earlier.Size, checkpoint.Size)),
                    $"the checkpoint of size {checkpoint.Size} is not consistent with that of size {earlier.Size}");
            }

            _checkpoints.Add(checkpoint);
        }
    }

    private async Task CheckPublishedAsync(TransparencyLog log)
    {
        var keys = await log.KeysAsync(CancellationToken.None);
        foreach (var path in new[] { ChildHost.PublishedIn(data), Path.Combine(data, "checkpoint") }.Where(File.Exists))
        {
            Holds(
                SignedNote.TryParse(await File.ReadAllBytesAsync(path), out var note) && Checkpoint.TryParse(note.Text, out _),
                $"{path} holds no signed checkpoint");
            Checkpoint.TryParse(note!.Text, out var checkpoint);
            Holds(_checkpoints.Any(c => c.Size == checkpoint!.Size), $"{path} has a checkpoint of size {checkpoint!.Size}, which is not in the journal");
            CheckNote(checkpoint, note, keys);
        }
    }

    private void CheckNote(Checkpoint checkpoint, SignedNote note, IReadOnlyList<LogKey> keys)
    {
        Holds(checkpoint.Size <= _tree.Size && _tree.Root(checkpoint.Size) == checkpoint.Root, $"the checkpoint of size {checkpoint.Size} has another root than the log of {_tree.Size} leaves");
        Holds(keys.Any(k => note.IsSignedBy(origin, k.PublicKey.Span)), $"the checkpoint of size {checkpoint.Size} is not signed by the log's key");
    }

    private static void Holds(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvariantException(message);
        }
    }
}
