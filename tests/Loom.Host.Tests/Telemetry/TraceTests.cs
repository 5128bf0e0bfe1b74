using System.Collections.Concurrent;
using System.Diagnostics;
using Loom.Api;

namespace Loom.Host.Tests.Telemetry;

/// <summary>One trace from the caller to the durable append.</summary>
[Collection(OnLoopback.Name)]
public sealed class TraceTests(LoopbackHost on)
{
    [Fact]
    public async Task The_callers_trace_goes_on_through_request_command_and_append()
    {
        var trace = ActivityTraceId.CreateRandom().ToString();
        var caller = ActivitySpanId.CreateRandom().ToString();
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name is "Loom" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = a =>
            {
                if (a.TraceId.ToString() == trace)
                {
                    spans.Enqueue(a);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        var actor = $"account-{Guid.CreateVersion7():N}";
        await on.Http.DoneAsync(actor, "open", """{"owner":"Ada"}""", ("traceparent", $"00-{trace}-{caller}-01"));

        var all = await Commands.UntilAsync(() => Task.FromResult(spans.ToArray()), s => s.Length == 3);
        var server = Assert.Single(all, a => a.Kind == ActivityKind.Server);
        var command = Assert.Single(all, a => a.OperationName == "command open");
        var append = Assert.Single(all, a => a.OperationName == $"append {actor}");
        Assert.Equal(caller, server.ParentSpanId.ToString());
        Assert.Equal((server.SpanId, command.SpanId), (command.ParentSpanId, append.ParentSpanId));
        Assert.Equal(0L, append.GetTagItem("loom.revision"));

        // The link names the command's span: an auditor finds the trace, and the trace the link.
        var item = Assert.Single((await on.Http.GetAsync($"/api/actors/{actor}/transitions", LoomJson.Default.TransitionList)).Transitions);
        var transition = (await on.Host.Service<Loom.Hosting.Actors.ActorReader>().FindAsync(Core.ActorId.Parse(actor), item.Number, default))!.Transition;
        Assert.Equal($"00-{trace}-{command.SpanId}-01", transition.Link.Traceparent);
    }

    [Fact]
    public async Task A_problem_names_the_trace_under_which_the_hosts_log_has_it()
    {
        var trace = ActivityTraceId.CreateRandom().ToString();
        using var answer = await on.Http.CommandAsync("account-1", "fly", "{}", ("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01"));
        Assert.Equal(trace, (await answer.ProblemAsync(400, "unknown-command")).Trace);
    }
}
