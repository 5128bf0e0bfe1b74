using System.Globalization;
using System.Text.Json;
using Loom.Core;
using Loom.Journal;

namespace Loom.Runtime;

/// <summary>
/// Up to where effects are carried out: the newest event of <c>loom.cursors-effects</c>. Written at the exact revision, so of two hosts
/// that both believe to be in charge the second one notices.
/// </summary>
internal sealed class EffectCursor(IJournal journal)
{
    private const string EventType = "loom.cursor";
    private static readonly StreamName Stream = StreamName.Parse("loom.cursors-effects");
    private long _revision = -1;

    public ulong? Position { get; private set; }

    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        (_revision, Position) = (-1, null);
        await foreach (var e in journal.ReadStreamAsync(Stream, Direction.Backwards, long.MaxValue, 1, cancellationToken))
        {
            using var body = JsonDocument.Parse(e.Data);
            Position = ulong.Parse(body.RootElement.GetProperty("position").GetString()!, NumberStyles.None, CultureInfo.InvariantCulture);
            _revision = e.Revision;
        }
    }

    /// <summary>Writes the position; false when somebody else wrote since.</summary>
    public async Task<bool> WriteAsync(ulong position, CancellationToken cancellationToken)
    {
        var text = position.ToString(CultureInfo.InvariantCulture);
        var id = UuidV5.Create(UuidV5.EventNamespace, $"{Stream.Value}\n{_revision + 1}\n{text}");
        var e = new EventData(id, EventType, EventData.Json, System.Text.Encoding.ASCII.GetBytes($"{{\"position\":\"{text}\"}}"), ReadOnlyMemory<byte>.Empty);
        if (await journal.AppendAsync(Stream, ExpectedRevision.After(_revision), [e], cancellationToken) is not AppendResult.Appended appended)
        {
            return false;
        }

        (_revision, Position) = (appended.LastRevision, position);
        return true;
    }
}
