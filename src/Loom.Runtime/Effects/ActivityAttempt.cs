using System.Diagnostics.Metrics;
using System.Globalization;
using Loom.Core;
using Microsoft.Extensions.Logging;

namespace Loom.Runtime;

/// <summary>How one attempt at an activity ended.</summary>
internal abstract record AttemptOutcome
{
    /// <summary>The actor is to be told this.</summary>
    public sealed record Outcome(ActorCommand Command, ReadOnlyMemory<byte>? Evidence) : AttemptOutcome;

    /// <summary>It did not work; again after a while.</summary>
    public sealed record Again(TimeSpan After) : AttemptOutcome;

    /// <summary>It could not be tried here.</summary>
    public sealed record NotTried(string Why) : AttemptOutcome;
}

/// <summary>Tries activities, one attempt at a time, under their policies.</summary>
internal sealed class ActivityAttempt(ActivationServices services)
{
    // Held here so that the instruments exist, at 0, in every host.
    private readonly Counter<long> _attempts = AttemptsTotal;
    private readonly Histogram<double> _seconds = AttemptSeconds;
    private const string Timeout = "timeout";
    private static readonly Counter<long> AttemptsTotal = LoomTelemetry.Meter.CreateCounter<long>("loom.activities.attempts", "{attempt}", "Attempts at activities by name and outcome.");
    private static readonly Histogram<double> AttemptSeconds = LoomTelemetry.Meter.CreateHistogram<double>("loom.activities.attempt.duration", "s", "One attempt at an activity.");

    /// <exception cref="OperationCanceledException">This host is no longer in charge.</exception>
    public async Task<AttemptOutcome> RunAsync(PendingActivity activity, CancellationToken end)
    {
        if (await RequestAsync(activity, end) is not { } request)
        {
            return Failed(activity, null, "invalid-activity", "The event that asks is no activity: its body needs the members activity and data.");
        }

        if (!services.Options.Activities.TryGet(request.Activity, out var handler))
        {
            return new AttemptOutcome.NotTried($"This host has no activity '{Shorten(request.Activity)}'; register it, and it goes on.");
        }

        var call = new ActivityCall
        {
            Activity = request.Activity,
            Data = request.Data,
            IdempotencyKey = activity.EffectId.ToString("D"),
            Actor = activity.Actor,
            Attempt = activity.Attempts,
            Correlation = activity.Correlation,
        };
        var started = services.Time.GetTimestamp();
        try
        {
            var result = await CallAsync(handler, call, end);
            Count(call, "completed", started);
            return OfResult(activity, request, result);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            throw;
        }
        catch (ActivityException e)
        {
            Count(call, e.Code == Timeout ? Timeout : "failed", started);
            services.Log.LogWarning(e, "Attempt {Attempt} at the activity '{Activity}' of {Actor} failed: {Code}.", call.Attempt, call.Activity, call.Actor.ToString(), e.Code);
            return e.Retry ? Again(activity, request, handler.Policy, e.Code, e.Message) : Failed(activity, request, e.Code, e.Message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Its own words may hold anything, and the journal keeps for ever: only its kind goes there.
            Count(call, "failed", started);
            services.Log.LogWarning(e, "Attempt {Attempt} at the activity '{Activity}' of {Actor} failed.", call.Attempt, call.Activity, call.Actor.ToString());
            return Again(activity, request, handler.Policy, "failed", $"It ended with {e.GetType().Name}.");
        }
    }

    /// <summary>The outcome when an attempt's result cannot be taken.</summary>
    public static AttemptOutcome.Outcome Failed(PendingActivity activity, ActivityRequest? request, string code, string message) =>
        new(ActivityOutcomes.OfFailure(activity, request, code, message), null);

    /// <summary>What the event asks for; null when that is nothing.</summary>
    public async Task<ActivityRequest?> RequestAsync(PendingActivity activity, CancellationToken end)
    {
        await foreach (var e in services.Journal.ReadStreamAsync(activity.Actor.Stream, Journal.Direction.Forwards, activity.Revision, 1, end))
        {
            if (e.Id == activity.EffectId)
            {
                return ActivityRequest.Of(e.Data);
            }
        }

        throw new HistoryException(activity.Actor.Stream, activity.Revision, "events-hidden", $"the event {activity.EffectId}, which asks for an activity, is not where it was.");
    }

    // A result that is no JSON would be none the next time either.
    private static AttemptOutcome.Outcome OfResult(PendingActivity activity, ActivityRequest request, ActivityResult result)
    {
        try
        {
            return new AttemptOutcome.Outcome(ActivityOutcomes.OfResult(activity, request, result), result.Evidence);
        }
        catch (FormatException e)
        {
            return Failed(activity, request, "invalid-result", $"What the activity gave cannot be kept as JSON: {e.Message}");
        }
    }

    // Whatever the activity does with its token, nobody waits for it longer than this.
    private async Task<ActivityResult> CallAsync(IActivity handler, ActivityCall call, CancellationToken end)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(end);
        try
        {
            var running = Task.Factory.StartNew(() => handler.RunAsync(call, stop.Token), CancellationToken.None, TaskCreationOptions.DenyChildAttach, services.Options.Scheduler).Unwrap();
            try
            {
                await running.WaitAsync(handler.Policy.Timeout, services.Time, end);
            }
            catch (TimeoutException) when (!running.IsCompleted)
            {
                throw new ActivityException(Timeout, string.Create(CultureInfo.InvariantCulture, $"It did not end within {handler.Policy.Timeout.TotalSeconds:0.###} s."));
            }

            await Task.Yield();
            return await running;
        }
        finally
        {
            stop.Cancel();
        }
    }

    private AttemptOutcome Again(PendingActivity activity, ActivityRequest request, ActivityPolicy policy, string code, string message) =>
        activity.Attempts >= policy.MaxAttempts
            ? Failed(activity, request, code, message)
            : new AttemptOutcome.Again(policy.WaitAfter(activity.Attempts, services.Options.Jitter()));

    private void Count(ActivityCall call, string outcome, long started)
    {
        _attempts.Add(1, new("activity", call.Activity), new("outcome", outcome));
        _seconds.Record(services.Time.GetElapsedTime(started).TotalSeconds, new KeyValuePair<string, object?>("activity", call.Activity));
    }

    private static string Shorten(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
