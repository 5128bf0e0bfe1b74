using Loom.Core;

namespace Loom.Provenance;

/// <summary>
/// Runs one stream's commands again, transition by transition. The first difference, or the first thing that is not at hand, ends it: what
/// follows would start from a state that is not known.
/// </summary>
internal sealed class StreamReplay(StreamName stream, int index, Replay replay)
{
    private ReadOnlyMemory<byte> _state;
    private bool _seen, _started, _ended;

    /// <summary>Takes the next transition; <paramref name="lines"/> are its events.</summary>
    public void Check(IReadOnlyList<StreamLine> lines, EventMetadata last)
    {
        var link = last.Link!;
        replay.Modules.Name(link.Machine);
        if (!_seen)
        {
            _seen = true;
            replay.Begin(stream, link.Machine);
        }

        if (_ended || !link.Machine.IsWasm)
        {
            return; // a stream never changes between C# machines and modules: if this one does, 'ordered' says so
        }

        if (Missing(link, last.Opening!) is { } missing)
        {
            _ended = true;
            replay.Leave(missing);
            return;
        }

        _started = true;
        var outcome = link.Kind == LinkKind.Upgrade ? Upgraded(link, last.Opening!) : Run(link, last.Opening!, lines);
        switch (outcome)
        {
            case null:
                replay.Count();
                break;
            case { NotCovered: { } left }:
                _ended = true;
                replay.Leave($"{stream} at revision {link.Revision}: {left}");
                break;
            case { Differs: { } what }:
                _ended = true;
                replay.Differs.Add(new Finding(what, stream.Value, link.Revision));
                break;
        }
    }

    // What has to be at hand before a transition can be run.
    private string? Missing(Link link, Opening opening)
    {
        var place = $"{stream} at revision {link.Revision}: ";
        if (opening.Box is not null)
        {
            return place + "the transition is encrypted, or erased";
        }

        if (opening.Salt is null || replay.Bundle.CommandOf(opening) is null)
        {
            return place + "parts of the transition are not in the bundle";
        }

        if (_started || link.Revision == 0)
        {
            return null;
        }

        if (replay.Bundle.File(BundleFiles.StateBefore(index)) is not { } file)
        {
            return place + "the state before it is not in the bundle";
        }

        var before = StateFile.Parse(BundleFiles.StateBefore(index), file);
        _state = before.Bytes;
        return Salts.DigestOf(before.PartSalt.Span, before.Bytes.Span) == link.From ? null : place + "the state before it, in the bundle, is another";
    }

    private static Outcome? Same => null;

    private Outcome? Upgraded(Link link, Opening opening) =>
        Opens(opening, Salts.To, _state.Span, link.To) ? Same : new Outcome("the upgrade changes the state: 'to' is not opened by the bytes of the state before", null);

    private Outcome? Run(Link link, Opening opening, IReadOnlyList<StreamLine> lines)
    {
        var module = replay.Modules.Get(link.Machine);
        if (module.Runner is not { } runner)
        {
            return new Outcome(module.Wrong, module.Missing);
        }

        var result = replay.Run(runner, _state.Span, replay.Bundle.CommandOf(opening)!.Value.Span, MachineContext.Of(link).ToCanonicalJson());
        return result.Answer switch
        {
            ModuleAnswer.Accepted accepted => Compare(link, opening, lines, accepted),
            ModuleAnswer.Rejected no => new Outcome($"run here, {link.Machine} rejects the command '{link.Command.Type}': {Cut(no.Rejection.Code)}", null),
            _ => Failed(link, result),
        };
    }

    private Outcome Failed(Link link, RunnerResult result) => result.Kind switch
    {
        RunnerFailure.Outside => new Outcome(null, replay.OutOfTime ?? $"{link.Machine} could not be run to its end here: {result.Failure}"),
        RunnerFailure.Fuel when !replay.HasAllFuel => new Outcome(null, "the command needs more fuel than is allowed here; allow more"),
        RunnerFailure.Fuel => new Outcome($"run here, {link.Machine} uses more fuel than any host gives ({ModuleBounds.MaxFuel} units)", null),
        _ => new Outcome($"run here, {link.Machine} fails at the command '{link.Command.Type}': {Cut(result.Failure!)}", null),
    };

    private Outcome? Compare(Link link, Opening opening, IReadOnlyList<StreamLine> lines, ModuleAnswer.Accepted accepted)
    {
        if (accepted.Events.Count != link.Count || lines.Count != link.Count)
        {
            return new Outcome($"run here, {link.Machine} gives {accepted.Events.Count} events, the link has {link.Count}", null);
        }

        for (var i = 0; i < link.Count; i++)
        {
            var (mine, theirs) = (accepted.Events[i], link.Events[i]);
            if (mine.Type != theirs.Type || mine.ContentType != theirs.ContentType || !Opens(opening, Salts.Event(i), mine.Data.Span, theirs.Digest))
            {
                return new Outcome($"run here, {link.Machine} gives another event than the one at revision {link.Revision + i}", null);
            }
        }

        if (!Opens(opening, Salts.To, accepted.State.Span, link.To))
        {
            return new Outcome($"run here, {link.Machine} gives another state than the one that 'to' names", null);
        }

        _state = accepted.State;
        return Same;
    }

    private static bool Opens(Opening opening, string label, ReadOnlySpan<byte> bytes, Digest digest) =>
        opening.PartSalt(label) is { } salt && Salts.DigestOf(salt, bytes) == digest;

    // The module's own words: no more of them than a line bears.
    private static string Cut(string text) => text.Length > 120 ? text[..120] + "…" : text;

    private sealed record Outcome(string? Differs, string? NotCovered);
}
