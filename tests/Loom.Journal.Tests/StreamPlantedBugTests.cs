using Loom.Contracts;
using Loom.Core;
using Loom.Testing;

namespace Loom.Journal.Tests;

/// <summary>Mistakes around the rules of streams are found by the property (docs/decisions/0006-planted-bugs.md).</summary>
public sealed class StreamPlantedBugTests
{
    /// <summary>Planted around an in-memory journal.</summary>
    public enum Mistake
    {
        /// <summary>Reads do not look at metadata: deleted and truncated events show.</summary>
        ReadsEverything,

        /// <summary>The guard of actor streams does not see that a first event carries a link.</summary>
        LinksUnseen,

        /// <summary>A deletion at any revision is acknowledged and not written.</summary>
        DeletionForgotten,
    }

    [Theory]
    [InlineData(Mistake.ReadsEverything)]
    [InlineData(Mistake.LinksUnseen)]
    [InlineData(Mistake.DeletionForgotten)]
    public async Task A_planted_mistake_is_found(Mistake mistake)
    {
        var first = Seeds.First("streams planted");
        for (var seed = first; seed < first + 1000; seed++)
        {
            var clock = new ManualTime();
            await using var inner = new InMemoryJournal(clock);
            var journal = new Mistaken(inner, mistake);
            try
            {
                await new StreamPropertyRun(journal, clock, seed).RunAsync(() => Task.FromResult<IJournal>(journal));
            }
            catch (StreamsDifferException)
            {
                return;
            }
        }

        Assert.Fail($"{mistake} was not found with 1,000 seeds.");
    }

    private sealed class Mistaken(InMemoryJournal inner, Mistake mistake) : DelegatingJournal(inner), IStreamAdministration
    {
        public override Task<AppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events, CancellationToken cancellationToken) =>
            base.AppendAsync(stream, expected, mistake == Mistake.LinksUnseen ? [.. events.Select(e => e with { Metadata = default })] : events, cancellationToken);

        public Task<DeleteResult> DeleteAsync(StreamName stream, ExpectedRevision expected, CancellationToken cancellationToken) =>
            mistake == Mistake.DeletionForgotten && expected == ExpectedRevision.Any && !stream.IsLoom
                ? Task.FromResult<DeleteResult>(new DeleteResult.Deleted(null))
                : ((InMemoryJournal)Inner).DeleteAsync(stream, expected, cancellationToken);

        public Task<DeleteResult> TombstoneAsync(StreamName stream, ExpectedRevision expected, CancellationToken cancellationToken) =>
            ((InMemoryJournal)Inner).TombstoneAsync(stream, expected, cancellationToken);

        public override IAsyncEnumerable<RecordedEvent> ReadStreamAsync(StreamName stream, Direction direction, long from, long maxCount, CancellationToken cancellationToken) =>
            mistake == Mistake.ReadsEverything
                ? Everything(stream, direction, from, maxCount, cancellationToken)
                : base.ReadStreamAsync(stream, direction, from, maxCount, cancellationToken);

        private async IAsyncEnumerable<RecordedEvent> Everything(
            StreamName stream, Direction direction, long from, long maxCount, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var forwards = direction == Direction.Forwards;
            await foreach (var e in Inner.ReadAllAsync(direction, forwards ? 0 : ulong.MaxValue, long.MaxValue, null, cancellationToken))
            {
                if (e.Stream == stream && (forwards ? e.Revision >= from : e.Revision <= from) && maxCount-- > 0)
                {
                    yield return e;
                }
            }
        }
    }
}
