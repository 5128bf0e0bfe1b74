using Loom.Core;

namespace Loom.Provenance;

/// <summary>Looks at one stream's receipts, transition by transition. Each stands alone: one that is missing leaves the others what they are.</summary>
internal sealed class StreamProof(StreamName stream, int index, Proofs proofs)
{
    private ReadOnlyMemory<byte>? _saltBefore, _state;
    private bool _started;

    /// <summary>Takes the next transition.</summary>
    public void Check(EventMetadata last)
    {
        if (!proofs.Any)
        {
            return;
        }

        var (link, opening) = (last.Link!, last.Opening!);
        proofs.Count();
        if (!_started)
        {
            _started = true;
            Before(link);
        }

        var state = Judge(link, opening);
        (_state, _saltBefore) = (state, opening.PartSalt(Salts.To) is { } salt ? (ReadOnlyMemory<byte>)salt : default(ReadOnlyMemory<byte>?));
    }

    // The state before a range that does not start at birth opens the first 'from'.
    private void Before(Link link)
    {
        if (link.Revision > 0 && proofs.Bundle.File(BundleFiles.StateBefore(index)) is { } file)
        {
            var before = StateFile.Parse(BundleFiles.StateBefore(index), file);
            (_state, _saltBefore) = (before.Bytes, before.PartSalt);
        }
    }

    // The state after, where it is known.
    private ReadOnlyMemory<byte>? Judge(Link link, Opening opening)
    {
        var place = $"{stream} at revision {link.Revision}: ";
        if (!link.Machine.IsWasm)
        {
            proofs.Leave($"{place}it was decided by {link.Machine}, which is no module");
            return null;
        }

        if (opening.Salt is null)
        {
            proofs.Leave(place + "the transition is encrypted, erased or hidden");
            return null;
        }

        if (link.Kind == LinkKind.Upgrade)
        {
            return Upgraded(link, opening, place);
        }

        if (proofs.Receipt(index, link.Revision) is not { } receipt)
        {
            proofs.Leave(place + "it has no receipt");
            return null;
        }

        if (link.From is not null && _saltBefore is null)
        {
            proofs.Leave(place + "the state before it is not disclosed");
            return null;
        }

        var result = proofs.Judge(link, opening, _saltBefore, receipt);
        if (result.Failed is null)
        {
            return result.State;
        }

        if (result.IsNotCovered)
        {
            proofs.Leave(place + result.Reason);
        }
        else
        {
            proofs.Fails.Add(new Finding(result.Reason, stream.Value, link.Revision, BundleFiles.Receipt(index, link.Revision)));
        }

        return null;
    }

    // A module's upgrade runs nothing: the state's bytes stay, under a new salt.
    private ReadOnlyMemory<byte>? Upgraded(Link link, Opening opening, string place)
    {
        if (_state is not { } state)
        {
            proofs.Leave(place + "the state that the upgrade has to keep is not known here");
            return null;
        }

        if (Salts.DigestOf(opening.PartSalt(Salts.To)!, state.Span) != link.To)
        {
            proofs.Fails.Add(new Finding("the upgrade changes the state: 'to' is not opened by the bytes of the state before", stream.Value, link.Revision));
            return null;
        }

        proofs.Same();
        return state;
    }
}
