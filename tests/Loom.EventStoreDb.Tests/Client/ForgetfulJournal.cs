using Loom.Contracts;
using Loom.Core;
using Loom.Journal;

namespace Loom.EventStoreDb.Tests.Client;

/// <summary>A planted mistake: a journal that stores every event under an id of its own, and so cannot know a repeated append.</summary>
internal sealed class ForgetfulJournal(IJournal inner) : DelegatingJournal(inner)
{
    public override Task<AppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events, CancellationToken cancellationToken) =>
        base.AppendAsync(stream, expected, [.. events.Select(e => e with { Id = Guid.NewGuid() })], cancellationToken);
}
