using System.Diagnostics;
using System.Security.Cryptography;
using Loom.Coordination;
using Loom.Core;
using Loom.Journal;
using Loom.Journal.Embedded;
using Loom.Runtime;
using Loom.Samples.BankLedger;

namespace Loom.Benchmarks;

/// <summary>
/// Durable commands through the whole pipeline in this process: 256 accounts, one deposit in flight each, against the journal alone with
/// 256 appends in flight that are as long as these transitions are. Both take turns in short slices, so that they see the same disk and
/// the same neighbours. Then the latency at half that rate (from the moment a command was due, not from when it got its turn), the
/// pipeline alone on a journal in memory, and what an idle actor weighs.
/// </summary>
internal static class CommandBenchmark
{
    private const int Actors = 256;
    private const int Slices = 6;
    private const int Idle = 20_000;
    private static readonly TimeSpan Slice = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("loom-bench-commands-").FullName;
        try
        {
            var rate = await ThroughputAsync(folder, output, cancellationToken);
            await LatencyAsync(Path.Combine(folder, "latency"), rate / 2, output, cancellationToken);
            await InMemoryAsync(output, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> ThroughputAsync(string folder, TextWriter output, CancellationToken cancellationToken)
    {
        var fsyncs = Figures.FsyncRate(folder, cancellationToken);
        await using var journal = await OpenAsync(Path.Combine(folder, "commands"), cancellationToken);
        await using var alone = await OpenAsync(Path.Combine(folder, "alone"), cancellationToken);
        await using var runtime = Start(journal);
        await OpenAccountsAsync(runtime, Actors, cancellationToken);
        var last = await LastEventAsync(journal, cancellationToken);
        await CommandsAsync(runtime, Slice, cancellationToken);
        var heads = new long[Actors];
        Array.Fill(heads, -1);
        var (commands, appends, processor) = (0L, 0L, TimeSpan.Zero);
        var (commandSeconds, appendSeconds) = (0.0, 0.0);
        for (var slice = 0; slice < Slices; slice++)
        {
            var (clock, cpu) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            commands += await CommandsAsync(runtime, Slice, cancellationToken);
            commandSeconds += clock.Elapsed.TotalSeconds;
            processor += Environment.CpuUsage.TotalTime - cpu;
            clock.Restart();
            appends += await AppendsAsync(alone, last, heads, cancellationToken);
            appendSeconds += clock.Elapsed.TotalSeconds;
        }

        var (rate, reference) = (commands / commandSeconds, appends / appendSeconds);
        output.Line($"commands: fsync {fsyncs:N0}/s; {Actors} actors: {rate:N0} durable commands/s, {processor.TotalMicroseconds / commands:N0} µs of processor each; journal alone with the same events: {reference:N0} appends/s; ratio {rate / reference:P0} (goal: 15,000/s, or 25% where fsync is below 2,000/s)");
        return rate;
    }

    private static async Task LatencyAsync(string folder, double rate, TextWriter output, CancellationToken cancellationToken)
    {
        var fsyncs = Figures.FsyncRate(folder, cancellationToken);
        await using var journal = await OpenAsync(Path.Combine(folder, "journal"), cancellationToken);
        await using var runtime = Start(journal);
        await OpenAccountsAsync(runtime, Actors, cancellationToken);
        var every = TimeSpan.FromSeconds(Actors / rate);
        var clock = Stopwatch.StartNew();
        var results = await Task.WhenAll(Enumerable.Range(0, Actors).Select(actor => Task.Run(
            async () =>
            {
                var latencies = new List<double>();
                for (var due = every * ((double)actor / Actors); due < TimeSpan.FromSeconds(4); due += every)
                {
                    if (due - clock.Elapsed is { Ticks: > 0 } wait)
                    {
                        await Task.Delay(wait, cancellationToken);
                    }

                    await DepositAsync(runtime, actor, cancellationToken);
                    latencies.Add((clock.Elapsed - due).TotalMilliseconds);
                }

                return latencies;
            },
            cancellationToken)));
        var all = results.SelectMany(r => r).Order().ToList();
        output.Line($"commands at half load: fsync {fsyncs:N0}/s; {all.Count / clock.Elapsed.TotalSeconds:N0}/s: p50 {all.Percentile(0.50):N1} ms, p99 {all.Percentile(0.99):N1} ms (one fsync takes {1000 / fsyncs:N1} ms; timers here tick in about 1 ms)");
    }

    private static async Task InMemoryAsync(TextWriter output, CancellationToken cancellationToken)
    {
        await using var runtime = Start(new InMemoryJournal(TimeProvider.System));
        await OpenAccountsAsync(runtime, 1, cancellationToken);
        var times = new List<double>();
        for (var i = 0; i < 20_000; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await DepositAsync(runtime, 0, cancellationToken);
            if (i >= 5_000)
            {
                times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
            }
        }

        times.Sort();
        output.Line($"one actor, one command after the other, journal in memory: p50 {times.Percentile(0.50):N0} µs, p99 {times.Percentile(0.99):N0} µs (goal: p50 at most 1,000 µs)");

        await using var many = Start(new InMemoryJournal(TimeProvider.System), new ActorRuntimeOptions { MaxActivations = Idle + 1 });
        var withJournal = await WeighAsync(() => OpenAccountsAsync(many, Idle, cancellationToken));
        await many.DrainAsync(TimeSpan.FromSeconds(10), cancellationToken);
        var drained = GC.GetTotalMemory(forceFullCollection: true);
        output.Line($"an idle actor weighs {(withJournal.After - drained) / (double)Idle:N0} bytes ({Idle:N0} accounts in memory, then passivated)");
    }

    private static async Task<(long Before, long After)> WeighAsync(Func<Task> work)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await work();
        return (before, GC.GetTotalMemory(forceFullCollection: true));
    }

    private static ActorRuntime Start(IJournal journal, ActorRuntimeOptions? options = null)
    {
        var types = new ActorTypes();
        types.Register(new AccountMachine());
        return new ActorRuntime(
            (options ?? new ActorRuntimeOptions()) with { CarryOutEffects = false }, journal, new InProcessLeases(), types, TimeProvider.System,
            () => RandomNumberGenerator.GetBytes(32));
    }

    private static Task<SegmentedJournal> OpenAsync(string folder, CancellationToken cancellationToken) =>
        SegmentedJournal.OpenAsync(new SegmentedJournalOptions { Directory = folder }, cancellationToken);

    private static async Task OpenAccountsAsync(ActorRuntime runtime, int count, CancellationToken cancellationToken)
    {
        for (var first = 0; first < count; first += Actors)
        {
            await Task.WhenAll(Enumerable.Range(first, Math.Min(Actors, count - first)).Select(
                actor => SendAsync(runtime, actor, "open", "{\"owner\":\"bench\"}"u8.ToArray(), cancellationToken)));
        }
    }

    private static async Task<long> CommandsAsync(ActorRuntime runtime, TimeSpan slice, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, Actors).Select(actor => Task.Run(
            async () =>
            {
                var count = 0L;
                for (; clock.Elapsed < slice; count++)
                {
                    await DepositAsync(runtime, actor, cancellationToken);
                }

                return count;
            },
            cancellationToken)));
        return counts.Sum();
    }

    private static async Task<long> AppendsAsync(SegmentedJournal journal, RecordedEvent like, long[] heads, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, Actors).Select(caller => Task.Run(
            async () =>
            {
                var stream = StreamName.Parse($"bench-{caller}");
                var count = 0L;
                for (; clock.Elapsed < Slice; count++)
                {
                    EventData[] events = [new(Guid.NewGuid(), like.Type, EventData.Json, like.Data, like.Metadata)];
                    var result = await journal.AppendAsync(stream, ExpectedRevision.After(heads[caller]), events, cancellationToken);
                    heads[caller] = result is AppendResult.Appended appended ? appended.LastRevision : throw new InvalidOperationException($"An append to {stream} was refused.");
                }

                return count;
            },
            cancellationToken)));
        return counts.Sum();
    }

    private static async Task<RecordedEvent> LastEventAsync(SegmentedJournal journal, CancellationToken cancellationToken)
    {
        await foreach (var e in journal.ReadAllAsync(Direction.Backwards, ulong.MaxValue, 1, null, cancellationToken))
        {
            return e;
        }

        throw new InvalidOperationException("The journal is empty.");
    }

    private static Task DepositAsync(ActorRuntime runtime, int actor, CancellationToken cancellationToken) =>
        SendAsync(runtime, actor, "deposit", "{\"amount\":\"4200\"}"u8.ToArray(), cancellationToken);

    private static async Task SendAsync(ActorRuntime runtime, int actor, string type, byte[] body, CancellationToken cancellationToken)
    {
        var command = new ActorCommand
        {
            Actor = ActorId.Parse($"account-{actor}"),
            Type = type,
            Id = CommandId.Parse(Guid.NewGuid().ToString("N")),
            Body = body,
            Principal = "bench",
        };
        if (await runtime.SendAsync(command, cancellationToken) is not CommandReply.Accepted)
        {
            throw new InvalidOperationException($"A {type} of {command.Actor} was refused.");
        }
    }
}
