using Loom.Core;

namespace Loom.Runtime;

/// <summary>One effect of a durable transition.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Event">The event that asks for it; its id is the idempotency key.</param>
/// <param name="Link">Its transition's link.</param>
internal sealed record Effect(EffectKind Kind, RecordedEvent Event, Link Link);

/// <summary>A transition as the effects see it.</summary>
/// <param name="Link">Its link.</param>
/// <param name="Position">Position of its last event.</param>
/// <param name="Effects">Its effects, in order.</param>
internal sealed record EffectTransition(Link Link, ulong Position, IReadOnlyList<Effect> Effects);

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
            if (!_open.TryGetValue(e.Stream.Value, out var parts))
            {
                _open[e.Stream.Value] = parts = [];
            }

            parts.Add(e);
            return null;
        }

        _open.Remove(e.Stream.Value, out var earlier);
        Link link;
        try
        {
            if (TransitionReader.ReadLink(e) is not { } read)
            {
                return null;
            }

            link = read;
        }
        catch (FormatException)
        {
            return null; // an event without a readable link is no transition; loading the actor reports it
        }

        List<Effect>? effects = null;
        foreach (var part in (earlier ?? []).Append(e))
        {
            if (machine.Manifest.Effects.TryGetValue(part.Type, out var kind))
            {
                (effects ??= []).Add(new Effect(kind, part, link));
            }
        }

        return new EffectTransition(link, e.Position, effects ?? []);
    }
}
