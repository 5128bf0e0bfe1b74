using System.Globalization;
using Loom.Core;
using Loom.EventStoreDb.Messages;
using Loom.Journal;

namespace Loom.EventStoreDb.Server;

/// <summary>Makes responses of events, for one call: with the ids in the form that was asked for, and links resolved if that was.</summary>
internal sealed class EventEncoder(IJournal journal, bool textIds, bool resolveLinks)
{
    public const string Link = "$>";

    public ValueTask<ReadAnswer> EncodeAsync(RecordedEvent e, CancellationToken cancellationToken) =>
        resolveLinks && e.Type == Link ? ResolveAsync(e, cancellationToken) : new(ReadAnswer.Of(e, textIds));

    private async ValueTask<ReadAnswer> ResolveAsync(RecordedEvent link, CancellationToken cancellationToken) =>
        ReadAnswer.Resolved(link, await TargetAsync(link, cancellationToken).ConfigureAwait(false), textIds);

    private async ValueTask<RecordedEvent?> TargetAsync(RecordedEvent link, CancellationToken cancellationToken)
    {
        var text = System.Text.Encoding.UTF8.GetString(link.Data.Span);
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at <= 0
            || !long.TryParse(text.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            || !StreamName.TryParse(text[(at + 1)..], out var stream))
        {
            return null;
        }

        await foreach (var target in journal.ReadStreamAsync(stream, Direction.Forwards, revision, 1, cancellationToken).ConfigureAwait(false))
        {
            return target.Revision == revision ? target : null;
        }

        return null;
    }
}
