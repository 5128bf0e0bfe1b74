using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using Loom.Core;
using Loom.EventStoreDb;
using Loom.Journal;
using Loom.Journal.Embedded;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Loom.Benchmarks.EventStoreDb;

/// <summary>
/// The embedded journal through the protocol of EventStoreDB, on loopback, beside the same journal called directly, fsync on: both take turns in
/// short slices. Server and client share this process and the machine. Processor time stands beside the clock's, since neighbours disturb only
/// the latter. Where Node and the packages of tests/interop-node are there, the official client follows.
/// </summary>
internal static class EventStoreDbBenchmark
{
    private const int Writers = 64;
    private const int Slices = 6;
    private const int WarmEvents = 500_000;
    private const int LiveEvents = 500;
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(1);
    private static readonly byte[] Body = [.. "{\"amount\":4200,\"currency\":\"EUR\",\"note\":\""u8, .. Enumerable.Repeat((byte)'x', 150), .. "\"}"u8];

    public static async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("loom-bench-esdb-").FullName;
        try
        {
            output.Line($"fsync {Figures.FsyncRate(folder, cancellationToken):N0}/s");
            await using var journal = await SegmentedJournal.OpenAsync(new SegmentedJournalOptions { Directory = Path.Combine(folder, "journal") }, cancellationToken);
            await using var server = await ServeAsync(journal, cancellationToken);
            var port = new Uri(server.Urls.Single()).Port;
            await using var client = await EventStoreDbJournal.ConnectAsync(
                new EventStoreDbJournalOptions { Settings = EventStoreDbSettings.Parse($"esdb://127.0.0.1:{port}?tls=false") }, cancellationToken);
            await AppendsAsync(journal, client, output, cancellationToken);
            await ReadsAsync(journal, client, output, cancellationToken);
            await LiveAsync("direct", journal, output, cancellationToken);
            await LiveAsync("served", client, output, cancellationToken);
            await GroupBenchmark.RunAsync(journal, client, output, cancellationToken);
            await NodeClient.RunAsync(port, output, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<WebApplication> ServeAsync(SegmentedJournal journal, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.UseEventStoreDbLimits();
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseClearTextHttp2());
        });
        var app = builder.Build();
        app.MapEventStoreDb(journal, new EventStoreDbServerOptions { Authenticate = _ => ValueTask.FromResult<EventStoreCaller?>(EventStoreCaller.Host("bench")) });
        await app.StartAsync(cancellationToken);
        return app;
    }

    private static async Task AppendsAsync(SegmentedJournal journal, EventStoreDbJournal client, TextWriter output, CancellationToken cancellationToken)
    {
        var (direct, served) = (new Load(), new Load());
        for (var slice = 0; slice < Slices; slice++)
        {
            // The first slice of each warms up.
            await AppendSliceAsync(journal, $"direct-{slice}", slice == 0 ? new Load() : direct, cancellationToken);
            await AppendSliceAsync(client, $"served-{slice}", slice == 0 ? new Load() : served, cancellationToken);
        }

        output.Line($"appends, {Writers} writers: direct {direct}; served {served}; ratio {served.Rate / direct.Rate:P0}, of processor time {served.ProcessorRate / direct.ProcessorRate:P0} (goal: at least 40%)");
    }

    private static async Task AppendSliceAsync(IJournal journal, string name, Load load, CancellationToken cancellationToken)
    {
        using var measured = load.Measure();
        var clock = Stopwatch.StartNew();
        var times = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(
            async () =>
            {
                var (stream, taken) = (StreamName.Parse($"{name}-{writer}"), new List<double>());
                while (clock.Elapsed < Slice)
                {
                    var started = Stopwatch.GetTimestamp();
                    if (await journal.AppendAsync(stream, ExpectedRevision.After(taken.Count - 1), [Event(Body)], cancellationToken) is not AppendResult.Appended)
                    {
                        throw new InvalidOperationException($"An append to {stream} was refused.");
                    }

                    taken.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                }

                return taken;
            },
            cancellationToken)));
        load.Times.AddRange(times.SelectMany(t => t));
        load.Count += times.Sum(t => t.Count);
    }

    private static async Task ReadsAsync(SegmentedJournal journal, EventStoreDbJournal client, TextWriter output, CancellationToken cancellationToken)
    {
        // Warm is a matter of counts, not of time: the code of both paths is compiled anew after so many rounds.
        await ReadSliceAsync(journal, new Load(), WarmEvents, cancellationToken);
        await ReadSliceAsync(client, new Load(), WarmEvents, cancellationToken);
        var (direct, served) = (new Load(), new Load());
        for (var slice = 1; slice < Slices; slice++)
        {
            await ReadSliceAsync(journal, direct, 0, cancellationToken);
            await ReadSliceAsync(client, served, 0, cancellationToken);
        }

        output.Line($"reads of $all: direct {direct}; served {served}; ratio {served.Rate / direct.Rate:P0}, of processor time {served.ProcessorRate / direct.ProcessorRate:P0} (goal: at least 30%)");
    }

    private static async Task ReadSliceAsync(IJournal journal, Load load, long atLeast, CancellationToken cancellationToken)
    {
        using var measured = load.Measure();
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Slice || load.Count < atLeast;)
        {
            await foreach (var e in journal.ReadAllAsync(Direction.Forwards, 0, long.MaxValue, null, cancellationToken))
            {
                load.Count++;
            }
        }
    }

    /// <summary>One append after another to a stream that is followed; the time from each append until its event is there.</summary>
    private static async Task LiveAsync(string name, IJournal journal, TextWriter output, CancellationToken cancellationToken)
    {
        var stream = StreamName.Parse($"live-{name}");
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var arrived = new SemaphoreSlim(0);
        var times = new List<double>();
        var following = Task.Run(
            async () =>
            {
                await foreach (var message in journal.SubscribeToStreamAsync(stream, -1, enough.Token))
                {
                    if (message is SubscriptionMessage.EventArrived { Event.Data: var data })
                    {
                        times.Add(Stopwatch.GetElapsedTime(BinaryPrimitives.ReadInt64LittleEndian(data.Span)).TotalMilliseconds);
                        arrived.Release();
                    }
                }
            },
            cancellationToken);
        for (var i = 0; i < LiveEvents; i++)
        {
            var now = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(now, Stopwatch.GetTimestamp());
            await journal.AppendAsync(stream, ExpectedRevision.After(i - 1), [Event(now)], cancellationToken);
            await arrived.WaitAsync(cancellationToken);
        }

        await enough.CancelAsync();
        await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var sorted = times.Skip(LiveEvents / 5).Order().ToList();
        output.Line($"live subscription, {name}: from append to delivery p50 {sorted.Percentile(0.5):N1} ms, p99 {sorted.Percentile(0.99):N1} ms, of {sorted.Count}");
    }

    private static EventData Event(byte[] body) => new(Guid.NewGuid(), "deposited", EventData.Json, body, "{}"u8.ToArray());
}
