using System.Collections.Concurrent;
using System.Text;
using Loom.Coordination;
using Loom.Core;
using Loom.Journal.Blobs;

namespace Loom.Runtime.Tests;

public sealed class ActivityTests
{
    // The tests' clock runs ahead of a busy machine: an attempt times out only where that is the point.
    private static readonly ActivityPolicy Quick = new() { MaxAttempts = 3, FirstWait = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromDays(1) };

    private readonly ActivityRegistry _registry = new();
    private readonly ConcurrentQueue<ActivityCall> _calls = new();

    private ActorRuntimeOptions Options => new() { Activities = _registry, Jitter = () => 0, Blobs = new MemoryBlobStore() };

    [Fact]
    public async Task The_result_comes_back_as_one_command_that_follows_from_the_effect()
    {
        await using var bench = new Bench();
        Register("greet", _ => "{\"b\":1, \"a\":\"hello\"}");
        var runtime = await StartAsync(bench);
        await runtime.SendAsync(bench.Command("errand-a", "ask", "{\"activity\":\"greet\",\"n\":7}") with { Correlation = "talk" }, default);
        await bench.Until(() => runtime.Statistics.Effects.ActivitiesCompleted == 1);

        var history = await bench.History("errand-a");
        var (asked, done) = (history[0].Events[0], history[1]);
        var call = Assert.Single(_calls);
        Assert.Equal(("greet", "{\"n\":7}", asked.Id.ToString("D"), "errand-a", 1, "talk"),
            (call.Activity, Encoding.UTF8.GetString(call.Data.Span), call.IdempotencyKey, call.Actor.ToString(), call.Attempt, call.Correlation));
        Assert.Equal(
            ("loom.activityCompleted", "loom:runtime", UuidV5.DerivedCommand(asked.Id.ToString("D")), asked.Id.ToString("D"), "talk"),
            (done.Link.Command.Type, done.Link.Command.Principal, done.Link.Command.Id, done.Link.Causation, done.Link.Correlation));
        Assert.Equal(
            "{\"activity\":\"greet\",\"data\":{\"n\":7},\"effect\":\"" + asked.Id.ToString("D") + "\",\"result\":{\"a\":\"hello\",\"b\":1}}", Encoding.UTF8.GetString(done.Opening.Command!));
        Assert.Equal(0, runtime.Statistics.Effects.ActivitiesPending);
    }

    [Fact]
    public async Task It_is_tried_again_after_doubling_waits_until_it_works()
    {
        await using var bench = new Bench();
        var times = new ConcurrentQueue<DateTimeOffset>();
        Register("flaky", call =>
        {
            times.Enqueue(bench.Time.GetUtcNow());
            return call.Attempt < 5 ? throw new InvalidOperationException("not yet") : "true";
        }, Quick with { MaxAttempts = 5 });
        var runtime = await StartAsync(bench);
        await AskAsync(bench, runtime, "flaky");
        await bench.Until(() => runtime.Statistics.Effects.ActivitiesCompleted == 1);

        Assert.Equal([1, 2, 3, 4, 5], _calls.Select(c => c.Attempt));
        Assert.Single(_calls.Select(c => c.IdempotencyKey).Distinct());
        var waits = times.Zip(times.Skip(1), (a, b) => (b - a).TotalSeconds).ToArray();
        Assert.All(waits.Zip([1.0, 2, 4, 8]), w => Assert.True(w.First >= w.Second, string.Join(", ", waits)));
    }

    [Fact]
    public async Task After_the_last_attempt_the_failure_is_journaled_without_the_exceptions_own_words()
    {
        await using var bench = new Bench();
        Register("broken", _ => throw new InvalidOperationException("password=hunter2"));
        var runtime = await StartAsync(bench);
        await AskAsync(bench, runtime, "broken", 3);
        await bench.Until(() => runtime.Statistics.Effects.ActivitiesFailed == 1);

        Assert.Equal(3, _calls.Count);
        var failed = (await bench.History("errand-a"))[1];
        Assert.Equal("loom.activityFailed", failed.Link.Command.Type);
        var effect = failed.Link.Causation;
        Assert.Equal(
            $$"""{"activity":"broken","attempts":3,"code":"failed","data":{"n":3},"effect":"{{effect}}","message":"It ended with InvalidOperationException."}""",
            Encoding.UTF8.GetString(failed.Opening.Command!));
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 3)]
    public async Task An_activity_says_itself_whether_trying_again_can_help(bool retry, int attempts)
    {
        await using var bench = new Bench();
        Register("pay", _ => throw new ActivityException("card-expired", "The card has \ud83d\ude00 expired." + new string('x', 2000) + "\ud83d", retry));
        var runtime = await StartAsync(bench);
        await AskAsync(bench, runtime, "pay");
        await bench.Until(() => runtime.Statistics.Effects.ActivitiesFailed == 1);
        Assert.Equal(attempts, _calls.Count);
        Assert.Contains($"{{\"attempts\":{attempts},\"code\":\"card-expired\",\"n\":1}}", Encoding.UTF8.GetString((await bench.History("errand-a"))[1].Events[0].Data.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attempt_that_lasts_too_long_is_left_to_itself()
    {
        await using var bench = new Bench();
        var tokens = new ConcurrentQueue<CancellationToken>();
        var never = new TaskCompletionSource<ActivityResult>();
        _registry.Register("slow", (call, token) =>
        {
            _calls.Enqueue(call);
            tokens.Enqueue(token);
            return never.Task; // deaf to its token
        }, Quick with { MaxAttempts = 2, Timeout = TimeSpan.FromSeconds(5) });
        var runtime = await StartAsync(bench);
        await AskAsync(bench, runtime, "slow");
        await bench.Until(() => runtime.Statistics.Effects.ActivitiesFailed == 1);
        Assert.Equal(2, _calls.Count);
        Assert.All(tokens, t => Assert.True(t.IsCancellationRequested));
        Assert.Contains("timeout", Encoding.UTF8.GetString((await bench.History("errand-a"))[1].Events[0].Data.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_activity_that_nobody_registered_waits_and_is_named_until_somebody_does()
    {
        await using var bench = new Bench();
        var runtime = await StartAsync(bench);
        await AskAsync(bench, runtime, "later");
        await bench.Until(() => runtime.Statistics.Effects.LastProblem is not null);
        Assert.Contains("'later'", runtime.Statistics.Effects.LastProblem, StringComparison.Ordinal);
        Assert.Equal(1, runtime.Statistics.Effects.ActivitiesPending);
        Register("later", _ => "1");
        await bench.Until(() => runtime.Statistics.Effects.ActivitiesCompleted == 1);
        Assert.Equal(1, Assert.Single(_calls).Attempt);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_restart_only_what_has_no_outcome_runs_again(bool fileLost)
    {
        await using var bench = new Bench();
        Register("done", _ => "1");
        var runtime = await StartAsync(bench);
        await AskAsync(bench, runtime, "done", 1);
        await AskAsync(bench, runtime, "unknown-yet", 2);
        await bench.Until(() => runtime.Statistics.Effects is { ActivitiesCompleted: 1, ActivitiesPending: 1, Cursor: not null });
        for (var i = 0; i < 3; i++)
        {
            await runtime.DisposeAsync();
            if (fileLost)
            {
                bench.Files.Delete("activities");
            }

            runtime = await StartAsync(bench);
            await bench.Until(() => runtime.Statistics.Effects is { InCharge: true, LastProblem: not null });
        }

        Register("unknown-yet", _ => "2");
        await bench.Until(() => runtime.Statistics.Effects.ActivitiesCompleted == 1);
        Assert.Equal(["done", "unknown-yet"], _calls.Select(c => c.Activity));
        Assert.Equal(2, (await bench.History("errand-a")).Count(t => t.Link.Command.Type == "loom.activityCompleted"));
    }

    [Fact]
    public async Task Attempts_go_on_being_counted_over_an_orderly_restart()
    {
        await using var bench = new Bench();
        Register("broken", _ => throw new InvalidOperationException(), Quick with { MaxAttempts = 4, FirstWait = TimeSpan.FromSeconds(5) });
        var runtime = await StartAsync(bench);
        await AskAsync(bench, runtime, "broken");
        await bench.Until(() => _calls.Count == 1 && runtime.Statistics.Effects.Cursor is not null);
        await bench.Until(() => bench.Files.Read("activities") is not null);
        await runtime.DisposeAsync();
        runtime = await StartAsync(bench);
        await bench.Until(() => runtime.Statistics.Effects.ActivitiesFailed == 1);
        Assert.Equal([1, 2, 3, 4], _calls.Select(c => c.Attempt));
    }

    [Fact]
    public async Task Of_two_different_outcomes_the_first_stands()
    {
        await using var bench = new Bench();
        var both = new TaskCompletionSource();
        var n = 0;
        _registry.Register("dice", async (call, _) =>
        {
            var mine = Interlocked.Increment(ref n);
            if (mine == 2)
            {
                both.SetResult();
            }

            await both.Task;
            return new ActivityResult(Encoding.UTF8.GetBytes($"{mine}"));
        }, Quick); // the clock runs ahead of a busy machine: an attempt that waits for the other host must not time out
        var first = await StartAsync(bench);
        await bench.Until(() => first.Statistics.Effects.InCharge);
        bench.Leases = new InProcessLeases(); // the second host knows nothing of the first one's lease
        var second = await StartAsync(bench);
        await bench.Until(() => second.Statistics.Effects.InCharge);
        await AskAsync(bench, first, "dice");
        await bench.Until(() => n >= 2 && first.Statistics.Effects.ActivitiesPending == 0 && second.Statistics.Effects.ActivitiesPending == 0);
        await bench.Until(() => first.Statistics.Effects.ActivitiesCompleted + second.Statistics.Effects.ActivitiesCompleted == 1);
        Assert.Single(await bench.History("errand-a"), t => t.Link.Command.Type == "loom.activityCompleted");
    }

    [Fact]
    public async Task Evidence_is_a_blob_that_outcome_and_link_name()
    {
        await using var bench = new Bench();
        var blobs = new MemoryBlobStore();
        var evidence = "HTTP/1.1 200 OK"u8.ToArray();
        _registry.Register("fetch", (_, _) => Task.FromResult(new ActivityResult("1"u8.ToArray()) { Evidence = evidence }));
        var runtime = bench.Start(Options with { Blobs = blobs }, new ErrandMachine());
        await runtime.StartAsync(default);
        await AskAsync(bench, runtime, "fetch");
        await bench.Until(() => runtime.Statistics.Effects.ActivitiesCompleted == 1);

        var done = (await bench.History("errand-a"))[1];
        var input = Assert.Single(done.Link.Inputs);
        Assert.Equal(("activity", Salts.DigestOf(done.Opening.PartSalt(Salts.Input(0))!, evidence)), (input.Kind, input.Digest));
        Assert.Contains($"\"evidence\":\"{Digest.Of(evidence)}\"", Encoding.UTF8.GetString(done.Opening.Command!), StringComparison.Ordinal);
        Assert.Equal(evidence, (await blobs.GetAsync(BlobName.Of("activities", evidence), default))!.Value.ToArray());
    }

    [Theory]
    [InlineData("not json", "invalid-result")]
    [InlineData("{\"a\":1,\"a\":2}", "invalid-result")]
    [InlineData("large", "command-too-large")]
    public async Task A_result_that_cannot_be_kept_is_a_failure_and_not_tried_again(string result, string code)
    {
        await using var bench = new Bench();
        Register("odd", _ => result == "large" ? $"\"{new string('x', 2 << 20)}\"" : result);
        var runtime = await StartAsync(bench);
        await AskAsync(bench, runtime, "odd");
        await bench.Until(() => runtime.Statistics.Effects.ActivitiesFailed == 1);
        Assert.Single(_calls);
        Assert.Contains(code, Encoding.UTF8.GetString((await bench.History("errand-a"))[1].Events[0].Data.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_more_run_at_once_than_allowed_and_slow_ones_hold_up_neither_cursor_nor_sends()
    {
        await using var bench = new Bench();
        var (now, most) = (0, 0);
        var gate = new TaskCompletionSource();
        _registry.Register("busy", async (_, _) =>
        {
            var running = Interlocked.Increment(ref now);
            InterlockedMax(ref most, running);
            await gate.Task;
            Interlocked.Decrement(ref now);
            return new ActivityResult("1"u8.ToArray());
        }, Quick);
        var runtime = bench.Start(Options with { ActivityLanes = 4 }, new ErrandMachine(), new CounterMachine());
        await runtime.StartAsync(default);
        for (var i = 0; i < 20; i++)
        {
            await AskAsync(bench, runtime, "busy", i, $"errand-{i % 3}");
        }

        await bench.Accepted(runtime, "counter-a", "tell", "{\"to\":\"counter-b\",\"command\":\"add\",\"data\":{\"by\":5,\"parts\":1}}");
        var last = await bench.Memory.LastPositionAsync(default);
        await bench.Until(() => runtime.Statistics.Effects is { Sent: 1, Cursor: var cursor } && cursor >= last && now == 4);
        gate.SetResult();
        await bench.Until(() => runtime.Statistics.Effects is { ActivitiesCompleted: 20, ActivitiesPending: 0 });
        Assert.Equal(4, most);
    }

    [Fact]
    public async Task Typed_delegates_refuse_a_request_that_does_not_fit_at_once()
    {
        await using var bench = new Bench();
        _registry.Register("typed", ErrandJson.Default.ErrandRequest, ErrandJson.Default.Answered, (request, _, _) => Task.FromResult(new Answered(request.N, "yes")));
        _registry.Register("strict", StrictJson.Default.Strict, ErrandJson.Default.Answered, (_, _, _) => Task.FromResult(new Answered(1, "no")));
        var runtime = await StartAsync(bench);
        await AskAsync(bench, runtime, "typed", 5);
        await AskAsync(bench, runtime, "strict", 6);
        await bench.Until(() => runtime.Statistics.Effects is { ActivitiesCompleted: 1, ActivitiesFailed: 1 });
        var outcomes = (await bench.History("errand-a")).SelectMany(t => t.Events).Select(e => Encoding.UTF8.GetString(e.Data.Span)).ToArray();
        Assert.Contains(outcomes, o => o.Contains("\\\"answer\\\":\\\"yes\\\"", StringComparison.Ordinal));
        Assert.Contains(outcomes, o => o.Contains("invalid-request", StringComparison.Ordinal));
    }

    [Fact]
    public void Waits_double_up_to_the_longest_and_lose_at_most_half()
    {
        var policy = new ActivityPolicy { FirstWait = TimeSpan.FromSeconds(1), MaxWait = TimeSpan.FromSeconds(10) };
        Assert.Equal([1, 2, 4, 8, 10, 10], new[] { 1, 2, 3, 4, 5, 100 }.Select(a => policy.WaitAfter(a, 0).TotalSeconds));
        Assert.Equal([0.5, 5], new[] { 1, 1_000_000 }.Select(a => policy.WaitAfter(a, 1).TotalSeconds));
        Assert.Throws<ArgumentException>(() => _registry.Register("x", (_, _) => throw new InvalidOperationException(), new ActivityPolicy { MaxAttempts = 0 }));
        Assert.Throws<ArgumentException>(() => _registry.Register("no name", (_, _) => throw new InvalidOperationException()));
        Register("twice", _ => "1");
        Assert.Throws<InvalidOperationException>(() => Register("twice", _ => "1"));
    }

    private void Register(string name, Func<ActivityCall, string> answer, ActivityPolicy? policy = null) => _registry.Register(
        name,
        (call, _) =>
        {
            _calls.Enqueue(call);
            return Task.FromResult(new ActivityResult(Encoding.UTF8.GetBytes(answer(call))));
        },
        policy ?? Quick);

    private async Task<ActorRuntime> StartAsync(Bench bench)
    {
        var runtime = bench.Start(Options, new ErrandMachine());
        await runtime.StartAsync(default);
        return runtime;
    }

    private static Task AskAsync(Bench bench, ActorRuntime runtime, string activity, int n = 1, string actor = "errand-a") =>
        bench.Accepted(runtime, actor, "ask", $"{{\"activity\":\"{activity}\",\"n\":{n}}}");

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}

/// <summary>A request of another form than the errands give.</summary>
public sealed record Strict(string Needed);

[System.Text.Json.Serialization.JsonSerializable(typeof(Strict))]
[System.Text.Json.Serialization.JsonSourceGenerationOptions(
    RespectRequiredConstructorParameters = true, UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow)]
public sealed partial class StrictJson : System.Text.Json.Serialization.JsonSerializerContext;
