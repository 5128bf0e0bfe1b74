using Loom.Core;

namespace Loom.Journal.Log;

/// <summary>What an event is to the log.</summary>
internal abstract record Examined
{
    /// <summary>No leaf: another stream, an earlier part, or already in the tree.</summary>
    public sealed record Nothing : Examined
    {
        public static Nothing Instance { get; } = new();
    }

    /// <summary>The last event of a transition that follows.</summary>
    public sealed record Leaf(LogEntry Entry) : Examined;

    /// <summary>A link that does not follow, or none where one has to be.</summary>
    public sealed record Refused(string Reason) : Examined;
}

/// <summary>
/// Finds leaves among the journal's events in order, and checks each link against its stream's previous one: in <c>loom.log</c>, or in
/// the batch that is being collected.
/// </summary>
internal sealed class LeafFinder(IJournal journal, LogIndex index)
{
    private readonly Dictionary<StreamName, (long Next, Digest Link)> _collected = [];

    /// <summary>Leaves found since <see cref="Restart"/>.</summary>
    public List<LogEntry> Pending { get; } = [];

    /// <summary>Bytes that they take in a batch.</summary>
    public int PendingBytes { get; private set; }

    public void Restart()
    {
        _collected.Clear();
        Pending.Clear();
        PendingBytes = 0;
    }

    public async Task<Examined> ExamineAsync(RecordedEvent e, CancellationToken cancellationToken)
    {
        var name = e.Stream;
        if (name.IsSystem || (name.IsLoom ? !LoomStreams.IsLinked(name) : !ActorId.TryParse(name.Value, out _)))
        {
            return Examined.Nothing.Instance;
        }

        (long Next, Digest Link)? head = _collected.TryGetValue(name, out var collected) ? collected : index.Head(name);
        if (head is { } known && e.Revision < known.Next)
        {
            return Examined.Nothing.Instance;
        }

        // A stream with a name like an actor's is one only when its first event carries a link.
        if (head is null && !name.IsLoom && !await BeginsWithLinkAsync(e, cancellationToken).ConfigureAwait(false))
        {
            return Examined.Nothing.Instance;
        }

        Link? link;
        try
        {
            link = TransitionReader.ReadLink(e);
        }
        catch (FormatException ex)
        {
            return new Examined.Refused(ex.Message);
        }

        return link is null ? Examined.Nothing.Instance : Check(e, link, head);
    }

    private Examined Check(RecordedEvent e, Link link, (long Next, Digest Link)? head)
    {
        if (link.Stream != e.Stream)
        {
            return new Examined.Refused($"Its link is of the stream {link.Stream}.");
        }

        var next = head?.Next ?? 0;
        if (link.LastRevision != e.Revision || link.Revision != next)
        {
            return new Examined.Refused(
                $"Its link stands for revisions {link.Revision} to {link.LastRevision}, where {next} to {e.Revision} follow the last transition.");
        }

        if (link.Prev != head?.Link)
        {
            return new Examined.Refused($"Its link names {link.Prev?.ToString() ?? "nothing"} as the one before, which is {head?.Link.ToString() ?? "nothing"}.");
        }

        var entry = new LogEntry(index.Size + Pending.Count, e.Stream, link.Revision, link.Count, link.Hash);
        _collected[e.Stream] = (link.LastRevision + 1, link.Hash);
        Pending.Add(entry);
        PendingBytes += LogBatch.SizeOf(e.Stream);
        return new Examined.Leaf(entry);
    }

    private async Task<bool> BeginsWithLinkAsync(RecordedEvent e, CancellationToken cancellationToken)
    {
        if (e.Revision == 0)
        {
            return TransitionReader.CarriesLoom(e);
        }

        if (!TransitionReader.CarriesLoom(e))
        {
            return false;
        }

        try
        {
            await foreach (var first in journal.ReadStreamAsync(e.Stream, Direction.Forwards, 0, 1, cancellationToken).ConfigureAwait(false))
            {
                // The first one that an ordinary stream still shows may be a later one.
                return first.Revision == 0 && TransitionReader.CarriesLoom(first);
            }
        }
        catch (JournalException deleted) when (deleted.Failure == JournalFailure.StreamDeleted)
        {
            // Only ordinary streams can be.
        }

        return false;
    }
}
