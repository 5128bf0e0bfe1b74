namespace Loom.Web.Data;

/// <summary>Durable events as they happen.</summary>
public interface ILive
{
    /// <summary>
    /// The last <paramref name="backlog"/> events of actor streams, oldest first, then each new one until cancelled. A slow reader is
    /// never allowed to slow the host: events it cannot take are counted in <see cref="LiveEvent.Skipped"/> of the next one.
    /// </summary>
    IAsyncEnumerable<LiveEvent> FollowAsync(int backlog, CancellationToken cancellationToken);
}

/// <summary>An event just made durable.</summary>
/// <param name="Stream">The actor's stream.</param>
/// <param name="Revision">Its revision.</param>
/// <param name="Position">Its position in the journal.</param>
/// <param name="At">When.</param>
/// <param name="Type">Its name.</param>
/// <param name="Command">The command behind it, where this event carries the link; else null.</param>
/// <param name="Principal">Who asked; null likewise.</param>
/// <param name="Correlation">The conversation, or null.</param>
/// <param name="Json">The body, cut to 2,000 characters; null when it is no JSON.</param>
/// <param name="Skipped">Events left out right before this one.</param>
public sealed record LiveEvent(
    string Stream,
    long Revision,
    ulong Position,
    DateTimeOffset At,
    string Type,
    string? Command,
    string? Principal,
    string? Correlation,
    string? Json,
    long Skipped);
