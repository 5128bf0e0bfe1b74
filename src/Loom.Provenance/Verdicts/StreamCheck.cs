using Loom.Core;

namespace Loom.Provenance;

/// <summary>What all streams of a bundle add to while they are read, once, line by line.</summary>
internal sealed class Findings
{
    public FirstFinding Intact { get; } = new();

    public FirstFinding Ordered { get; } = new();

    public FirstFinding Included { get; } = new();

    public FirstFinding Complete { get; } = new();

    public Disclosure Disclosure { get; } = new();

    /// <summary>Transitions dated after the declared time of evaluation.</summary>
    public long AfterEvaluation { get; set; }
}

/// <summary>Reads one stream and applies every check that looks at its links.</summary>
internal sealed class StreamCheck(Bundle bundle, int index, Findings findings, IEnumerator<(int Number, ReadOnlyMemory<byte> Line)> proofs, Checkpointed log, Timestamp at, CommandBlobs commands, Replay replay, Proofs receipts)
{
    private readonly StatedStream _stated = bundle.Statement.Streams[index];
    private readonly List<StreamLine> _parts = [];
    private Link? _first;
    private Link? _head;
    private long _transitions;

    /// <exception cref="BundleMalformedException">A line has not the form of the format.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public StreamSummary Run(CancellationToken cancellationToken)
    {
        var again = new StreamReplay(_stated.Name, index, replay);
        var proven = new StreamProof(_stated.Name, index, receipts);
        var intact = new IntactCheck(_stated.Name, findings.Intact, findings.Disclosure, commands);
        var ordered = new OrderedCheck(_stated.Name, findings.Ordered);
        foreach (var (number, line) in bundle.ReadLines(_stated.File))
        {
            _parts.Add(line);
            if (line.Metadata.Link is not { } link)
            {
                TooManyParts(number);
                continue;
            }

            intact.Check(_parts, line.Metadata);
            ordered.Check(link, line.Metadata.Opening!);
            Included(link);
            again.Check(_parts, line.Metadata);
            proven.Check(line.Metadata);
            cancellationToken.ThrowIfCancellationRequested();
            findings.AfterEvaluation += link.At > at ? 1 : 0;
            _first ??= link;
            _head = link;
            _transitions++;
            _parts.Clear();
        }

        if (_parts.Count > 0)
        {
            findings.Intact.Add(new Finding("the transition's last event, with its link, is missing", _stated.Name.Value, _parts[0].Revision, _stated.File));
        }

        CheckStates();
        CheckHead();
        return new StreamSummary(_stated.Name.Value, _first?.Revision ?? _stated.First, _head?.LastRevision ?? -1, _transitions, _head?.Hash);
    }

    // Bounded: a file of part marks without a link is not kept.
    private void TooManyParts(int number)
    {
        if (_parts.Count > TransitionWriter.MaxEvents)
        {
            throw new BundleMalformedException(Lines.Place(_stated.File, number), $"more than {TransitionWriter.MaxEvents} events without a link");
        }
    }

    private void Included(Link link)
    {
        if (!proofs.MoveNext())
        {
            findings.Included.Add(new Finding("the link has no inclusion proof", _stated.Name.Value, link.Revision, BundleFiles.Inclusion));
            return;
        }

        var place = Lines.Place(BundleFiles.Inclusion, proofs.Current.Number);
        var (leaf, proof) = ProofLine.Parse(place, "index", proofs.Current.Line);
        if (!log.Includes(link.Hash, leaf, proof))
        {
            findings.Included.Add(new Finding($"the link is not the log's leaf {leaf} under the checkpoint of size {log.Size}", _stated.Name.Value, link.Revision, place));
        }
    }

    private void CheckStates()
    {
        Opens(BundleFiles.HeadState(index), _head?.To, _head?.Revision, "the state at the head does not open 'to' of the last link");
        if (_first is { Revision: > 0 })
        {
            Opens(BundleFiles.StateBefore(index), _first.From, _first.Revision, "the state before the range does not open 'from' of the first link");
        }
        else if (bundle.File(BundleFiles.StateBefore(index)) is not null)
        {
            findings.Intact.Add(new Finding("there is a state before a stream that starts at its birth", _stated.Name.Value, 0, BundleFiles.StateBefore(index)));
        }
    }

    private void Opens(string file, Digest? digest, long? revision, string reason)
    {
        if (bundle.File(file) is not { } content)
        {
            findings.Disclosure.States++;
            return;
        }

        var state = StateFile.Parse(file, content);
        if (Salts.DigestOf(state.PartSalt.Span, state.Bytes.Span) != digest)
        {
            findings.Intact.Add(new Finding(reason, _stated.Name.Value, revision, file));
        }
    }

    private void CheckHead()
    {
        string? reason = _head is null || _first is null ? "the stream has no links"
            : _head.Hash != _stated.Head || _head.LastRevision != _stated.Last
                ? $"the statement names head {_stated.Head} at revision {_stated.Last}, the bundle reaches {_head.Hash} at revision {_head.LastRevision}"
            : _first.Revision != _stated.First ? $"the statement says the range starts at revision {_stated.First}, the bundle's starts at {_first.Revision}"
            : _transitions != _stated.Transitions ? $"the statement counts {_stated.Transitions} transitions, the bundle has {_transitions}"
            : null;
        if (reason is not null)
        {
            findings.Complete.Add(new Finding(reason, _stated.Name.Value, _head?.Revision ?? 0, _stated.File));
        }
    }
}
