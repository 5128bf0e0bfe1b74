using System.Runtime.CompilerServices;
using Loom.Contracts;
using Loom.Core;
using Loom.Journal;

namespace Loom.EventStoreDb.Tests.Faults;

/// <summary>Planted: takes an append that it has already for a new one.</summary>
internal sealed class KnowsNoRepeats(IJournal inner) : DelegatingJournal(inner)
{
    public override async Task<AppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events, CancellationToken cancellationToken)
    {
        var result = await Inner.AppendAsync(stream, expected, events, cancellationToken);
        return result is AppendResult.Appended { Repeated: true }
            ? await Inner.AppendAsync(stream, expected, [.. events.Select(e => e with { Id = Guid.NewGuid() })], cancellationToken)
            : result;
    }
}

/// <summary>Planted: a caller that makes an append of unknown outcome again with new ids.</summary>
internal sealed class RetriesWithNewIds(IJournal inner) : DelegatingJournal(inner)
{
    public override async Task<AppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await Inner.AppendAsync(stream, expected, events, cancellationToken);
            }
            catch (JournalException e) when (e.Failure == JournalFailure.Unavailable)
            {
                events = [.. events.Select(x => x with { Id = Guid.NewGuid() })];
            }
        }
    }
}

/// <summary>Planted: answers before it knows, in one way or the other.</summary>
internal sealed class Guesses(IJournal inner, bool success) : DelegatingJournal(inner)
{
    public override async Task<AppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events, CancellationToken cancellationToken)
    {
        try
        {
            return await Inner.AppendAsync(stream, expected, events, cancellationToken);
        }
        catch (JournalException e) when (e.Failure == JournalFailure.Unavailable)
        {
            return success ? new AppendResult.Appended(expected.Value + events.Count, 1) : new AppendResult.Conflict(expected.Value);
        }
    }
}

/// <summary>Planted: subscriptions that go on somewhere do so one event too late, or one too early.</summary>
internal sealed class ResumesBeside(IJournal inner, bool tooLate) : DelegatingJournal(inner)
{
    public override async IAsyncEnumerable<SubscriptionMessage> SubscribeToAllAsync(
        ulong? after, EventFilter? filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!tooLate && after is { } position)
        {
            await foreach (var e in Inner.ReadAllAsync(Direction.Forwards, position, 1, filter, cancellationToken))
            {
                yield return new SubscriptionMessage.EventArrived(e);
            }
        }

        var skip = tooLate && after is not null;
        await foreach (var message in Inner.SubscribeToAllAsync(after, filter, cancellationToken))
        {
            if (skip && message is SubscriptionMessage.EventArrived)
            {
                skip = false;
                continue;
            }

            yield return message;
        }
    }
}
