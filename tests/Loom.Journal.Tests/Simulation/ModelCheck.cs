using Loom.Core;

namespace Loom.Journal.Tests.Simulation;

internal enum BatchState
{
    Unknown,
    Acknowledged,
    Refused,
}

/// <summary>One append as the model knows it.</summary>
internal sealed class Batch(StreamName stream, EventData[] events)
{
    public StreamName Stream { get; } = stream;

    public EventData[] Events { get; } = events;

    public ExpectedRevision Expected { get; init; }

    public BatchState State { get; set; }

    public long LastRevision { get; set; }

    public ulong? LastPosition { get; set; }

    public long FirstRevision => LastRevision - Events.Length + 1;
}

/// <summary>Compares what a journal holds with what it was given and what it answered.</summary>
internal static class ModelCheck
{
    public static void Run(
        List<RecordedEvent> all, Dictionary<Guid, Batch> batches, List<Batch> acknowledged, Func<string, Exception> broken)
    {
        var seen = new HashSet<Batch>();
        var heads = new Dictionary<StreamName, long>();
        ulong? last = null;
        for (var i = 0; i < all.Count;)
        {
            if (!batches.TryGetValue(all[i].Id, out var batch))
            {
                throw broken($"{all[i].Stream} at {all[i].Revision} holds an event that nobody sent");
            }

            if (batch.State == BatchState.Refused)
            {
                throw broken($"{all[i].Stream} at {all[i].Revision} holds an append that was refused");
            }

            if (!seen.Add(batch))
            {
                throw broken($"{all[i].Stream} at {all[i].Revision} holds an append for the second time");
            }

            for (var k = 0; k < batch.Events.Length; k++, i++)
            {
                if (i >= all.Count || all[i].Id != batch.Events[k].Id || all[i].Stream != batch.Stream || !Holds(batches, all[i]))
                {
                    throw broken($"{batch.Stream} holds an append of {batch.Events.Length} events only in part, or changed");
                }

                var revision = heads.GetValueOrDefault(batch.Stream, -1) + 1;
                if (all[i].Revision != revision || all[i].Position <= (last ?? 0))
                {
                    throw broken($"{batch.Stream} has revision {all[i].Revision} where {revision} belongs, or positions do not increase");
                }

                heads[batch.Stream] = revision;
                last = all[i].Position;
            }

            Settle(batch, all[i - 1], acknowledged, broken);
        }

        foreach (var batch in batches.Values.Distinct())
        {
            if (batch.State == BatchState.Acknowledged && !seen.Contains(batch))
            {
                throw broken($"an acknowledged append to {batch.Stream}, revisions {batch.FirstRevision} to {batch.LastRevision}, is lost");
            }

            if (batch.State == BatchState.Unknown && !seen.Contains(batch))
            {
                // Absent once, absent for ever: nothing of it is on its way any more.
                batch.State = BatchState.Refused;
            }
        }
    }

    public static bool Holds(Dictionary<Guid, Batch> batches, RecordedEvent e) =>
        batches.TryGetValue(e.Id, out var batch)
        && batch.Stream == e.Stream
        && Array.Find(batch.Events, g => g.Id == e.Id) is { } given
        && given.Type == e.Type && given.ContentType == e.ContentType
        && given.Data.Span.SequenceEqual(e.Data.Span) && given.Metadata.Span.SequenceEqual(e.Metadata.Span);

    private static void Settle(Batch batch, RecordedEvent end, List<Batch> acknowledged, Func<string, Exception> broken)
    {
        if (batch.State == BatchState.Unknown)
        {
            batch.State = BatchState.Acknowledged;
            (batch.LastRevision, batch.LastPosition) = (end.Revision, end.Position);
            acknowledged.Add(batch);
        }
        else if (batch.LastRevision != end.Revision || batch.LastPosition != end.Position)
        {
            throw broken($"an acknowledged append to {batch.Stream} moved from revision {batch.LastRevision} to {end.Revision}");
        }
    }
}
