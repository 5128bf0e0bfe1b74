using Loom.Core;

namespace Loom.Proving;

/// <summary>Puts the events of the whole journal together to transitions that a module decided.</summary>
internal sealed class TransitionCollector
{
    private readonly Dictionary<StreamName, List<RecordedEvent>> _open = [];

    /// <summary>Whether no transition is half seen: only then is the current position a place to restart after.</summary>
    public bool BetweenTransitions => _open.Count == 0;

    /// <summary>
    /// The transition that this event completes; null for an earlier part, and for what no prover could run: C# machines, upgrades, and
    /// events without a readable link, which loading the actor reports.
    /// </summary>
    public Transition? Accept(RecordedEvent e)
    {
        (Link Link, Opening Opening)? read;
        try
        {
            read = TransitionReader.Read(e);
        }
        catch (FormatException)
        {
            _open.Remove(e.Stream);
            return null;
        }

        _open.TryGetValue(e.Stream, out var parts);
        if (read is not { } last)
        {
            (parts ?? (_open[e.Stream] = [])).Add(e);
            return null;
        }

        _open.Remove(e.Stream);
        RecordedEvent[] events = parts is null ? [e] : [.. parts, e];
        return last.Link is { Machine.IsWasm: true, Kind: LinkKind.Command } && events.Length == last.Link.Count ? new Transition(last.Link, events, last.Opening) : null;
    }
}
