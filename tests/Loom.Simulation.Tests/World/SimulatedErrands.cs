using System.Globalization;
using System.Text;
using System.Text.Json;
using Loom.Core;
using Loom.Journal;
using Loom.Runtime;

namespace Loom.Simulation.Tests;

/// <summary>
/// The world outside that activities reach into: slow, failing, different each time. It notes what was done for which effect, so that one can see
/// that each effect has one outcome, that it is one that really happened, and that nothing is done for an effect whose outcome is long known.
/// </summary>
internal sealed class SimulatedErrands(Simulation world)
{
    public const string Activity = "fetch";
    private const int MaxAttempts = 4;

    // Two hosts may both believe to be in charge for a moment; the one that is behind learns of an outcome well within this.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    private readonly long _start = world.Time.Clock.GetTimestamp();
    private readonly Dictionary<string, List<int>> _results = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TimeSpan> _outcomes = new(StringComparer.Ordinal);
    private int _done;
    private string? _violation;

    /// <summary>Activities as one host has them.</summary>
    public ActivityRegistry Registry()
    {
        var registry = new ActivityRegistry();
        registry.Register(Activity, RunAsync, new ActivityPolicy
        {
            MaxAttempts = MaxAttempts,
            Timeout = TimeSpan.FromSeconds(2),
            FirstWait = TimeSpan.FromMilliseconds(200),
            MaxWait = TimeSpan.FromSeconds(1),
        });
        return registry;
    }

    /// <summary>Notes the moment at which an outcome is durable.</summary>
    public void Wrote(Link link)
    {
        if (link.Command.Type is "loom.activityCompleted" or "loom.activityFailed" && link.Causation is { } effect)
        {
            _outcomes.TryAdd(effect, Now);
        }
    }

    /// <summary>Whether every errand has its outcome.</summary>
    public static async Task<bool> SettledAsync(IJournal journal, IEnumerable<string> actors)
    {
        foreach (var actor in actors)
        {
            var (asked, outcomes) = await HistoryAsync(journal, actor);
            if (asked.Count != outcomes.Count)
            {
                return false;
            }
        }

        return true;
    }

    public async Task CheckAsync(IJournal journal, IEnumerable<string> actors)
    {
        if (_violation is not null)
        {
            throw new InvariantException(_violation);
        }

        foreach (var actor in actors)
        {
            var (asked, outcomes) = await HistoryAsync(journal, actor);
            foreach (var effect in asked)
            {
                var mine = outcomes.Where(o => o.Link.Causation == effect).ToList();
                Holds(mine.Count == 1, $"{actor}: the effect {effect} has {mine.Count} outcomes");
                using var body = JsonDocument.Parse(mine[0].Opening.Command!);
                if (mine[0].Link.Command.Type == "loom.activityCompleted")
                {
                    var result = body.RootElement.GetProperty("result").GetInt32();
                    Holds(_results.GetValueOrDefault(effect)?.Contains(result) == true, $"{actor}: the effect {effect} came back with {result}, which nobody gave");
                    world.Count("errands completed");
                }
                else
                {
                    Holds(body.RootElement.GetProperty("attempts").GetInt32() >= MaxAttempts, $"{actor}: the effect {effect} was given up early");
                    world.Count("errands given up");
                }
            }
        }

        if (_results.Values.Any(r => r.Count > 1))
        {
            world.Count("errands done more than once");
        }
    }

    private TimeSpan Now => world.Time.Clock.GetElapsedTime(_start);

    private async Task<ActivityResult> RunAsync(ActivityCall call, CancellationToken cancellationToken)
    {
        if (_outcomes.TryGetValue(call.IdempotencyKey, out var known) && Now - known > Grace)
        {
            _violation ??= $"{call.Actor}: the effect {call.IdempotencyKey} was carried out again {(Now - known).TotalSeconds:F0} s after its outcome was durable";
        }

        var dice = world.FaultsOn ? world.Random.Next(100) : 100;
        await world.PauseAsync(dice < 10 ? 6000 : 60);
        if (dice is >= 10 and < 45)
        {
            world.Fault("activity fails");
            throw new InvalidOperationException("simulated: no answer");
        }

        if (dice < 10)
        {
            world.Fault("activity is slow");
        }

        var result = ++_done;
        if (!_results.TryGetValue(call.IdempotencyKey, out var given))
        {
            _results[call.IdempotencyKey] = given = [];
        }

        given.Add(result);
        return new ActivityResult(Encoding.ASCII.GetBytes(result.ToString(CultureInfo.InvariantCulture)));
    }

    private static async Task<(List<string> Asked, List<Transition> Outcomes)> HistoryAsync(IJournal journal, string actor)
    {
        var (asked, outcomes) = (new List<string>(), new List<Transition>());
        await foreach (var transition in new ActorHistory(journal, new ActorTypes()).ReadAsync(ActorId.Parse(actor)))
        {
            asked.AddRange(transition.Events.Where(e => e.Type == "asked.v1").Select(e => e.Id.ToString("D")));
            if (transition.Link.Command.Type.StartsWith("loom.activity", StringComparison.Ordinal))
            {
                outcomes.Add(transition);
            }
        }

        return (asked, outcomes);
    }

    private static void Holds(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvariantException(message);
        }
    }
}
