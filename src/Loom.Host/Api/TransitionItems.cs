using Loom.Api;
using Loom.Hosting.Actors;
using Loom.Runtime;

namespace Loom.Hosting.Api;

/// <summary>Transitions as the API shows them.</summary>
internal static class TransitionItems
{
    public static async Task<IReadOnlyList<TransitionItem>> OfAsync(IEnumerable<NumberedTransition> page, CommandBodies bodies, CancellationToken cancellationToken)
    {
        var items = new List<TransitionItem>();
        foreach (var numbered in page)
        {
            items.Add(Of(numbered, await bodies.ReadAsync(numbered.Transition, cancellationToken)));
        }

        return items;
    }

    private static TransitionItem Of(NumberedTransition numbered, CommandBody command)
    {
        var (link, events, _) = numbered.Transition;
        return new TransitionItem(
            numbered.Number, link.Revision, link.LastRevision, link.At.Time, link.Kind.ToString().ToLowerInvariant(), link.ActorType, link.Machine.Value,
            link.Command.Type, link.Command.Id.Value, command.Bytes is { } body ? Answer.Element(body, link.Command.ContentType) : null,
            link.Command.Principal, link.Command.Roles,
            [.. events.Select(e => new EventItem(e.Revision, e.Id, e.Type, Answer.Element(e.Data, e.ContentType)))],
            link.Fence, link.Correlation, link.Causation, link.From?.ToString(), link.To.ToString(), link.Prev?.ToString(), link.Hash.ToString(), command.Problem);
    }
}
