using System.Runtime.CompilerServices;
using Loom.Contracts;
using Loom.Core;
using Loom.Journal;
using Loom.Journal.Log;
using Xunit;

namespace Loom.Log.Tests;

/// <summary>Leaves and checkpoints are two streams, and another host may add to both between two reads.</summary>
public sealed class LatestCheckpointTests
{
    private static readonly StreamName Checkpoints = StreamName.Parse("loom.checkpoints");

    [Theory(Timeout = 600_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_latest_checkpoint_never_has_more_leaves_than_are_here(bool builds)
    {
        const long Rounds = 5;
        await using var fixture = await LogFixture.StartAsync();
        await using var other = await fixture.OpenLogAsync();
        await fixture.AppendAsync("account-a");
        await other.FlushAsync(default);
        var watched = new Watched(fixture.Journal);
        await using var log = await TransparencyLog.OpenAsync(
            watched,
            new TransparencyLogOptions { Signer = builds ? fixture.Signer : null, Origin = LogFixture.Origin, CheckpointEvery = TimeSpan.FromMilliseconds(1) },
            CancellationToken.None);
        var first = SizeOf(log.LatestCheckpoint);
        Assert.Equal(log.Size, first);

        var added = 0L;
        var looks = new List<(long Checkpoint, long Leaves)>();
        using var stop = new CancellationTokenSource();
        watched.Before = async stream =>
        {
            var look = (SizeOf(log.LatestCheckpoint), log.Size);
            looks.Add(look);
            if (look.Item1 >= first + Rounds)
            {
                await stop.CancelAsync();
            }
            else if (stream == Checkpoints && added < Rounds)
            {
                added++;
                await fixture.AppendAsync("account-a");
                await other.FlushAsync(default);
            }
        };
        await log.RunAsync(stop.Token);
        Assert.True(stop.IsCancellationRequested);
        Assert.DoesNotContain(looks, l => l.Checkpoint > l.Leaves);
        Assert.Equal(looks.Select(l => l.Checkpoint).Order(), looks.Select(l => l.Checkpoint));
        Assert.NotEmpty(log.InclusionProof(0, SizeOf(log.LatestCheckpoint)));
    }

    private static long SizeOf(SignedNote? note) => note is not null && Checkpoint.TryParse(note.Text, out var checkpoint) ? checkpoint.Size : 0;

    /// <summary>Tells before each read which stream it is of; null for the end of the journal.</summary>
    private sealed class Watched(IJournal inner) : DelegatingJournal(inner)
    {
        public Func<StreamName?, Task> Before { get; set; } = _ => Task.CompletedTask;

        public override async IAsyncEnumerable<RecordedEvent> ReadStreamAsync(
            StreamName stream, Direction direction, long from, long maxCount, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Before(stream);
            await foreach (var e in Inner.ReadStreamAsync(stream, direction, from, maxCount, cancellationToken))
            {
                yield return e;
            }
        }

        public override async Task<ulong?> LastPositionAsync(CancellationToken cancellationToken)
        {
            await Before(null);
            return await Inner.LastPositionAsync(cancellationToken);
        }
    }
}
