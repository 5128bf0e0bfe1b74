using System.Globalization;
using System.Text;
using Loom.Contracts;
using Loom.Core;
using Loom.Testing;

namespace Loom.Journal.Tests.Simulation;

/// <summary>Mistakes around deletions and scavenging, to show that the simulation finds them.</summary>
internal enum StreamMistake
{
    None,

    /// <summary>The journal does not know that the type is registered.</summary>
    RegistrationUnseen,

    /// <summary>The scavenger does not know that the type is registered.</summary>
    ScavengerBlind,

    /// <summary>A scavenged segment gets its name before its bytes are safe.</summary>
    NamedBeforeSafe,

    /// <summary>Deletions are acknowledged before they are durable.</summary>
    SkippedSync,
}

/// <summary>
/// One journal on a simulated disk, from a seed: appends, deletions, tombstones, metadata, comebacks and scavenges, with faults and crashes
/// at any disk operation. What was acknowledged is as the model says; what has an unknown outcome is wholly there or not at all; nothing goes that
/// somebody could see when it was scavenged, and of actors and Loom's own nothing ever.
/// </summary>
internal sealed partial class StreamSimulation
{
    private static readonly string[] Names = ["a", "b", "c", "late-1", "loom.own"];

    private readonly int _seed;
    private readonly Random _random;
    private readonly SimulatedDisk _disk;
    private readonly ManualTime _clock = new();
    private readonly HashSet<string> _registered = [];
    private readonly SegmentedJournalOptions _options;
    private readonly SimulationTotals _totals;
    private readonly List<(string Stream, long Expected, EventData[] Events, bool Linked)> _appends = [];
    private StreamModel _model = new(isForeign: false);
    private bool _isScavenging;
    private SegmentedJournal? _journal;

    private StreamSimulation(int seed, StreamMistake mistake, SimulationTotals totals)
    {
        (_seed, _totals, _random) = (seed, totals, new Random(seed));
        _disk = new SimulatedDisk(_random)
        {
            Mistake = mistake switch { StreamMistake.NamedBeforeSafe => SyncMistake.First, StreamMistake.SkippedSync => SyncMistake.Skipped, _ => SyncMistake.None },
        };
        _options = new SegmentedJournalOptions
        {
            Directory = "/journal",
            Disk = _disk,
            SegmentBytes = _random.Next(3, 25) * 100,
            Time = _clock,
            ManualWriter = true,
            RecentBytes = 0,
            IsActorStream = s => mistake != StreamMistake.RegistrationUnseen && _registered.Contains(s.Value)
                && !(mistake == StreamMistake.ScavengerBlind && _isScavenging),
        };
    }

    /// <exception cref="BrokenPromiseException">A promise was broken.</exception>
    public static async Task RunAsync(int seed, StreamMistake mistake, SimulationTotals totals)
    {
        var simulation = new StreamSimulation(seed, mistake, totals);
        try
        {
            await simulation.RunAsync();
        }
        catch (JournalException e)
        {
            throw simulation.Broken(e.Message);
        }

        foreach (var (fault, count) in simulation._disk.Faults)
        {
            totals.Add(fault, count);
        }
    }

    private async Task RunAsync()
    {
        await OpenAsync();
        for (var steps = _random.Next(20, 90); steps > 0; steps--)
        {
            _totals.Add("operations");
            await StepAsync(Names[_random.Next(Names.Length)]);
        }

        await CrashAsync();
        await CheckAsync(_model, orphan: null);
        await _journal!.DisposeAsync();
    }

    private async Task StepAsync(string stream)
    {
        switch (_random.Next(24))
        {
            case < 8:
                var events = MakeEvents(out var linked);
                await AppendAsync(stream, Expectation(stream), events, linked);
                break;
            case 8 when _appends.Count > 0:
                var (old, expected, again, isLinked) = _appends[_random.Next(_appends.Count)];
                if (!MayBeGone(old, expected, again.Length))
                {
                    await AppendAsync(old, expected, again, isLinked);
                }

                break;
            case < 12:
                await MetadataAsync(stream);
                break;
            case < 15:
                await DeleteAsync(stream, Expectation(stream), forEver: false);
                break;
            case 15 when _random.Next(3) == 0:
                await DeleteAsync(stream, Expectation(stream), forEver: true);
                break;
            case < 18:
                await ScavengeAsync();
                break;
            case 18 when !_model.IsDead("late-1"):
                _registered.Add("late-1");
                _model.Register("late-1");
                await CrashAsync(); // a host registers its types when it starts
                break;
            case 19:
                (_disk.Full, _disk.WriteError, _disk.SyncError) = (_random.Next(4) == 0 ? 0.1 : 0, _random.Next(4) == 0 ? 0.1 : 0, _random.Next(4) == 0 ? 0.1 : 0);
                break;
            case < 22:
                _disk.CrashIn(_random.Next(14));
                break;
            case 22:
                await CrashAsync();
                break;
            default:
                _clock.Advance(TimeSpan.FromSeconds(_random.Next(1, 40)));
                break;
        }
    }

    private bool MayBeGone(string stream, long expected, int count)
    {
        var used = _model.Used(stream);
        var places = new[] { expected + 1, _model.Document(stream).Before };
        return places.Any(first => Enumerable.Range(0, count).Any(i => first >= 0 && first <= used - i && _model.MayBeGone(stream, _model.IdAt(stream, first + i))));
    }

    private Task AppendAsync(string stream, long expected, EventData[] events, bool linked)
    {
        if (expected >= -1)
        {
            _appends.Add((stream, expected, events, linked));
        }

        var isDeleted = _model.Document(stream).Before == long.MaxValue;
        return DoAsync(
            $"append of {events.Length} to {stream} expecting {expected}",
            model => model.Append(stream, expected, [.. events.Select(e => e.Id)], linked, _clock.GetUtcNow()),
            async () => Tell(await PumpedAsync(_journal!.AppendAsync(Name(stream), Revision(expected), events, CancellationToken.None))),
            isDeleted ? stream : null);
    }

    private Task MetadataAsync(string stream)
    {
        var before = _random.Next(2) == 0 ? _random.NextInt64(0, _model.Used(stream) + 3) : _random.Next(12) == 0 ? long.MaxValue : 0;
        var maxCount = _random.Next(3) == 0 ? _random.Next(1, 5) : 0;
        var maxAge = _random.Next(3) == 0 ? _random.Next(1, 60) : 0;
        var document = string.Create(CultureInfo.InvariantCulture, $"{{\"$tb\":{before},\"$maxCount\":{maxCount},\"$maxAge\":{maxAge}}}");
        var e = new EventData(NewId(), MetadataStreams.EventType, EventData.Json, Encoding.UTF8.GetBytes(document), default);
        return DoAsync(
            $"metadata {document} of {stream}",
            model => model.Metadata(stream, before, maxCount, maxAge),
            async () => Tell(await PumpedAsync(_journal!.AppendAsync(MetadataStreams.Of(Name(stream)), ExpectedRevision.Any, [e], CancellationToken.None))),
            orphan: null);
    }

    private Task DeleteAsync(string stream, long expected, bool forEver) => DoAsync(
        $"{(forEver ? "tombstone" : "deletion")} of {stream} expecting {expected}",
        model => model.Delete(stream, expected, forEver),
        async () => await PumpedAsync(forEver
            ? _journal!.TombstoneAsync(Name(stream), Revision(expected), CancellationToken.None)
            : _journal!.DeleteAsync(Name(stream), Revision(expected), CancellationToken.None)) is DeleteResult.Conflict conflict ? $"conflict {conflict.ActualRevision}" : "done",
        orphan: null);

    private async Task ScavengeAsync()
    {
        _model.Scavenge(_clock.GetUtcNow());
        _isScavenging = true;
        var told = await TellAsync(async () => $"{(await _journal!.ScavengeAsync(new ScavengeRequest(), null, CancellationToken.None)).Events}");
        _isScavenging = false;
        if (told is { } events)
        {
            _totals.Add("scavenges");
            _totals.Add("events scavenged", long.Parse(events, CultureInfo.InvariantCulture));
        }
        else
        {
            _totals.Add("scavenges that failed");
            await CrashAsync();
        }

        await CheckAsync(_model, orphan: null);
    }

    /// <summary>An operation on the journal and on the model; after a failure the journal is one of before or of after.</summary>
    /// <param name="what">For a message.</param>
    /// <param name="model">On the model.</param>
    /// <param name="act">On the journal.</param>
    /// <param name="orphan">A stream that comes back, whose metadata may be stored without the events.</param>
    private async Task DoAsync(string what, Func<StreamModel, string> model, Func<Task<string>> act, string? orphan)
    {
        var after = _model.Clone();
        var expected = model(after);
        if (await TellAsync(act) is { } told)
        {
            if (told != expected)
            {
                throw Broken($"{what}: the journal says '{told}', the model '{expected}'");
            }

            _totals.Add("answers");
            _model = after;
            await CheckAsync(_model, orphan: null);
            return;
        }

        _totals.Add("outcomes unknown");
        await CrashAsync();
        try
        {
            await CheckAsync(after, orphan: null);
            _model = after;
            _totals.Add("unknown outcomes that were written");
        }
        catch (BrokenPromiseException notAfter)
        {
            try
            {
                await CheckAsync(_model, orphan);
            }
            catch (BrokenPromiseException notBefore)
            {
                throw Broken($"{what}, of unknown outcome, is neither written ({notAfter.Message}) nor not ({notBefore.Message})");
            }
        }
    }

    private async Task CrashAsync()
    {
        _totals.Add("crashes");
        _journal?.Abandon();
        _journal = null;
        _disk.Restart();
        await OpenAsync();
    }

    private async Task OpenAsync()
    {
        while (_journal is null)
        {
            try
            {
                _journal = await SegmentedJournal.OpenAsync(_options, CancellationToken.None);
            }
            catch (JournalException e) when (e.Failure is JournalFailure.Unavailable or JournalFailure.DiskFull)
            {
                if (_disk.HasCrashed)
                {
                    _disk.Restart();
                }

                _disk.NoFaults();
            }
            catch (JournalException e)
            {
                throw Broken($"after a crash the journal would not open: {e.Message}");
            }
        }
    }

    private async Task<T> PumpedAsync<T>(Task<T> task)
    {
        while (_journal!.RunGroup())
        {
        }

        return await task;
    }

    private BrokenPromiseException Broken(string what) => new($"LOOM_SEED={_seed}: {what}");
}
