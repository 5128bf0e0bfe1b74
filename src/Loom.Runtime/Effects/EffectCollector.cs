using Loom.Core;

namespace Loom.Runtime;

/// <summary>One effect of a durable transition.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Event">The event that asks for it; its id is the idempotency key.</param>
/// <param name="Link">Its transition's link.</param>
internal sealed record Effect(EffectKind Kind, RecordedEvent Event, Link Link);

/// <summary>A transition as the effects see it.</summary>
/// <param name="Position">Position of its last event.</param>
/// <param name="Effects">Its effects, in order.</param>
/// <param name="Fired">The timer whose coming back it is; null for other transitions.</param>
/// <param name="Finished">The activity whose outcome it is; null for other transitions.</param>
internal sealed record EffectTransition(ulong Position, IReadOnlyList<Effect> Effects, Guid? Fired = null, Guid? Finished = null);

/// <summary>Finds effects in the events of the whole journal. An effect counts once its transition's last event, with the link, is there.</summary>
internal sealed class EffectCollector(ActorTypes types)
{
    private readonly Dictionary<string, List<RecordedEvent>> _open = new(StringComparer.Ordinal);

    /// <summary>Whether no transition is half seen: only then is the current position a place to restart after.</summary>
    public bool BetweenTransitions => _open.Count == 0;

    /// <summary>The transition that this event completes; null for an earlier part and for streams that are no actors of this host.</summary>
    public EffectTransition? Accept(RecordedEvent e)
    {
        if (!ActorId.TryParse(e.Stream.Value, out var actor) || !types.TryGet(actor.Type, out var machine))
        {
            return null;
        }

        if (MetadataScan.Scan(e.Metadata.Span, out _) == MetadataScan.Found.Part)
        {
            if (!_open.TryGetValue(e.Stream.Value, out var begun))
            {
                _open[e.Stream.Value] = begun = [];
            }

            begun.Add(e);
            return null;
        }

        _open.Remove(e.Stream.Value, out var earlier);
        RecordedEvent[] parts = earlier is null ? [e] : [.. earlier, e];
        var effects = machine.Manifest.Effects;
        var anyEffect = Array.Exists(parts, p => effects.ContainsKey(p.Type));
        if (!anyEffect && e.Metadata.Span.IndexOf(PlatformCommand) < 0)
        {
            return new EffectTransition(e.Position, []); // nearly every transition: its link need not be read
        }

        try
        {
            return TransitionReader.ReadLink(e) is { } link ? Read(e, parts, effects, link) : null;
        }
        catch (FormatException)
        {
            return null; // an event without a readable link is no transition; loading the actor reports it
        }
    }

    // What timers and activities come back as; no caller from outside can send a command of such a name.
    private static ReadOnlySpan<byte> PlatformCommand => "\"type\":\"loom."u8;

    private static EffectTransition Read(RecordedEvent last, RecordedEvent[] parts, IReadOnlyDictionary<string, EffectKind> kinds, Link link)
    {
        var effects = parts.Where(p => kinds.ContainsKey(p.Type)).Select(p => new Effect(kinds[p.Type], p, link));
        var cause = Guid.TryParse(link.Causation, out var effect) ? effect : (Guid?)null;
        return new EffectTransition(
            last.Position, [.. effects],
            link.Command.Type == PendingTimers.TimerFired ? cause : null,
            link.Command.Type is ActivityOutcomes.Completed or ActivityOutcomes.Failed ? cause : null);
    }
}
