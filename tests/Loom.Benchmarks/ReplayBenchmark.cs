using System.Diagnostics;
using System.Globalization;
using System.Text;
using Loom.Core;
using Loom.Journal;
using Loom.Runtime;
using Loom.Samples.BankLedger;

namespace Loom.Benchmarks;

/// <summary>
/// Replay from warm files: reading the journal whole, reading it stream by stream, and folding accounts into their states. Two rates a
/// line: events by the clock on the wall, and events by the processor time that this process used, which a busy machine does not spoil.
/// </summary>
internal static class ReplayBenchmark
{
    private const int Total = 1_000_000;
    private const int Batch = 10;
    private const int Streams = 1000;
    private const int Transitions = 200_000;
    private const int Accounts = 20;
    private const int Passes = 3;

    public static async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("loom-bench-replay-").FullName;
        try
        {
            await PlainAsync(Path.Combine(folder, "plain"), output, cancellationToken);
            await AccountsAsync(Path.Combine(folder, "accounts"), output, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task PlainAsync(string folder, TextWriter output, CancellationToken cancellationToken)
    {
        var options = new SegmentedJournalOptions { Directory = folder, SegmentBytes = 64 << 20 };
        var body = Encoding.UTF8.GetBytes("{\"amount\":4200,\"note\":\"" + new string('x', 120) + "\"}");
        await using (var journal = await SegmentedJournal.OpenAsync(options, cancellationToken))
        {
            await FillAsync(Total / Batch, i => journal.AppendAsync(
                StreamName.Parse($"bench-{i % Streams}"), ExpectedRevision.Any,
                [.. Enumerable.Range(0, Batch).Select(_ => new EventData(Guid.NewGuid(), "deposited", EventData.Json, body, "{}"u8.ToArray()))], cancellationToken));
        }

        var opening = Stopwatch.StartNew();
        await using var warm = await SegmentedJournal.OpenAsync(options, cancellationToken);
        output.Line($"journal of {Total:N0} events opened in {opening.ElapsedMilliseconds:N0} ms");
        for (var pass = 1; pass <= Passes; pass++)
        {
            var whole = await MeasureAsync(async () => await CountAsync(warm.ReadAllAsync(Direction.Forwards, 0, long.MaxValue, null, cancellationToken)));
            var byStream = await MeasureAsync(async () =>
            {
                long count = 0;
                for (var s = 0; s < Streams; s++)
                {
                    count += await CountAsync(warm.ReadStreamAsync(StreamName.Parse($"bench-{s}"), Direction.Forwards, 0, long.MaxValue, cancellationToken));
                }

                return count;
            });
            output.Line($"replay pass {pass} of {Passes}: whole journal {whole}; stream by stream {byStream}");
        }
    }

    // Real transitions with links and openings, as the runtime writes them.
    private static async Task AccountsAsync(string folder, TextWriter output, CancellationToken cancellationToken)
    {
        var types = new ActorTypes();
        types.Register(new AccountMachine());
        var options = new SegmentedJournalOptions { Directory = folder, SegmentBytes = 64 << 20 };
        await using (var journal = await SegmentedJournal.OpenAsync(options, cancellationToken))
        {
            var heads = new Link?[Accounts];
            await FillAsync(Transitions, i =>
            {
                var written = Transition(i / Accounts, i % Accounts, heads[i % Accounts]);
                heads[i % Accounts] = written.Link;
                return journal.AppendAsync(written.Link.Stream, ExpectedRevision.After(written.Link.Revision - 1), written.Events, cancellationToken);
            });
        }

        await using var warm = await SegmentedJournal.OpenAsync(options, cancellationToken);
        var history = new ActorHistory(warm, types);
        for (var pass = 1; pass <= Passes; pass++)
        {
            var read = await MeasureAsync(async () => await CountAsync(warm.ReadAllAsync(Direction.Forwards, 0, long.MaxValue, null, cancellationToken)));
            var folded = await MeasureAsync(async () =>
            {
                long count = 0;
                for (var a = 0; a < Accounts; a++)
                {
                    var state = await history.ReplayAsync(ActorId.Parse($"account-{a}"), -1, cancellationToken);
                    count += state!.Revision + 1;
                }

                return count;
            });
            output.Line($"accounts pass {pass} of {Passes}, {Transitions / Accounts:N0} transitions each with links: read {read}; folded into states {folded}");
        }
    }

    private static WrittenTransition Transition(int n, int account, Link? head) => TransitionWriter.Write(new TransitionDraft
    {
        Stream = StreamName.Parse($"account-{account}"),
        Previous = head,
        ActorType = "account@1",
        Machine = MachineId.DotNet("account", 1),
        CommandId = CommandId.Parse($"bench-{account}-{n}"),
        CommandType = n == 0 ? "open" : "deposit",
        Command = n == 0 ? "{\"overdraft\":null,\"owner\":\"x\"}"u8.ToArray() : "{\"amount\":\"1\",\"reference\":null}"u8.ToArray(),
        Principal = "bench",
        Events =
        [
            n == 0
                ? new EmittedEvent("account-opened.v1", EventData.Json, "{\"overdraft\":\"0\",\"owner\":\"x\"}"u8.ToArray())
                : new EmittedEvent("deposited.v1", EventData.Json, "{\"amount\":\"1\",\"reference\":null}"u8.ToArray()),
        ],
        State = "{}"u8.ToArray(),
        Fence = 1,
        At = head?.At ?? new Timestamp(DateTimeOffset.UnixEpoch),
        Salt = new byte[Salts.Size],
    });

    private static async Task FillAsync(int count, Func<int, Task<AppendResult>> append)
    {
        var running = new Queue<Task<AppendResult>>();
        for (var i = 0; i < count; i++)
        {
            running.Enqueue(append(i));
            if (running.Count >= 4096)
            {
                Require(await running.Dequeue());
            }
        }

        foreach (var result in await Task.WhenAll(running))
        {
            Require(result);
        }
    }

    private static void Require(AppendResult result)
    {
        if (result is not AppendResult.Appended)
        {
            throw new InvalidOperationException($"The benchmark's own append was refused: {result}");
        }
    }

    private static async Task<long> CountAsync(IAsyncEnumerable<RecordedEvent> events)
    {
        long count = 0;
        await foreach (var e in events)
        {
            count += e.Data.Length > 0 ? 1 : 0;
        }

        return count;
    }

    private static async Task<string> MeasureAsync(Func<Task<long>> work)
    {
        GC.Collect();
        var cpu = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        var count = await work();
        var seconds = clock.Elapsed.TotalSeconds;
        var used = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture, $"{count / seconds:N0} events/s ({count / used:N0} per second of processor time)");
    }
}
