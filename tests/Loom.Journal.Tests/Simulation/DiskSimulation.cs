using Loom.Contracts;
using Loom.Core;

namespace Loom.Journal.Tests.Simulation;

/// <summary>What a whole run of simulations did.</summary>
internal sealed class SimulationTotals
{
    public SortedDictionary<string, long> Counts { get; } = new(StringComparer.Ordinal);

    public void Add(string what, long count = 1) => Counts[what] = Counts.GetValueOrDefault(what) + count;
}

/// <summary>Mistakes planted around the journal (above it, or in the disk below), to show that the simulation finds them.</summary>
internal enum PlantedBug
{
    None,

    /// <summary>Some groups are acknowledged without their fsync.</summary>
    SkipFsync,

    /// <summary>Explicit expected revisions are not looked at.</summary>
    DropExpectedRevision,

    /// <summary>Appends are acknowledged one fsync before they are durable.</summary>
    AcknowledgeEarly,
}

/// <summary>The journal broke a promise; the message says which, and the seed.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);

/// <summary>
/// One journal on a simulated disk, from a seed: appends of every kind, reads, disk faults, crashes, openings. A model knows what was
/// acknowledged (must be there), refused (must never be there) and of unknown outcome (whole or absent).
/// </summary>
internal sealed class DiskSimulation
{
    private const string Folder = "/journal";

    private readonly int _seed;
    private readonly PlantedBug _bug;
    private readonly Random _random;
    private readonly SimulatedDisk _disk;
    private readonly SegmentedJournalOptions _options;
    private readonly SimulationTotals _totals;
    private readonly Dictionary<Guid, Batch> _batches = [];
    private readonly List<Batch> _acknowledged = [];
    private readonly List<(Batch Batch, Task<AppendResult> Task)> _inFlight = [];
    private readonly Dictionary<string, long> _heads = [];
    private SegmentedJournal? _journal;

    private DiskSimulation(int seed, PlantedBug bug, SimulationTotals totals)
    {
        _seed = seed;
        _totals = totals;
        _random = new Random(seed);
        _bug = bug;
        _disk = new SimulatedDisk(_random)
        {
            Mistake = bug switch { PlantedBug.SkipFsync => SyncMistake.Skipped, PlantedBug.AcknowledgeEarly => SyncMistake.Late, _ => SyncMistake.None },
        };
        _options = new SegmentedJournalOptions
        {
            Directory = Folder,
            Disk = _disk,
            SegmentBytes = _random.Next(1, 9) * 1024,
            Time = new StoppedClock(),
            ManualWriter = true,
            RecentBytes = _random.Next(2) * 16 * 1024, // half of the runs read the disk only
        };
    }

    /// <exception cref="BrokenPromiseException">A promise was broken.</exception>
    public static async Task RunAsync(int seed, PlantedBug bug, SimulationTotals totals)
    {
        var simulation = new DiskSimulation(seed, bug, totals);
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
        var steps = _random.Next(20, 120);
        for (var i = 0; i < steps; i++)
        {
            _totals.Add("operations");
            switch (_random.Next(20))
            {
                case < 10:
                    Submit();
                    break;
                case < 14:
                    await PumpAsync();
                    break;
                case < 16:
                    await CheckReadsAsync();
                    break;
                case 16:
                    SetFaults();
                    break;
                case 17:
                    _disk.CrashIn(_random.Next(12));
                    break;
                case 18:
                    await CrashAsync();
                    break;
                default:
                    await CloseAsync();
                    await OpenAsync();
                    break;
            }

            if (_disk.HasCrashed)
            {
                await CrashAsync();
            }
        }

        await FlipAsync();
    }

    private void Submit()
    {
        var stream = $"s-{_random.Next(4)}";
        var head = _heads.GetValueOrDefault(stream, -1);
        Batch batch;
        var expected = ExpectedRevision.After(head);
        switch (_random.Next(8))
        {
            case 0 when _acknowledged.Count > 0:
                // A repeated append; explicit revisions are answered exactly, after any crash.
                batch = _acknowledged[_random.Next(_acknowledged.Count)];
                _totals.Add("repeated appends");
                Start(batch, ExpectedRevision.After(batch.FirstRevision - 1));
                return;
            case 1:
                expected = ExpectedRevision.Any;
                break;
            case 2:
                expected = ExpectedRevision.At(head + _random.Next(1, 4));
                break;
            case 3 when head >= 0:
                expected = ExpectedRevision.After(_random.NextInt64(-1, head));
                break;
        }

        var events = new EventData[_random.Next(1, 5)];
        for (var i = 0; i < events.Length; i++)
        {
            var data = new byte[_random.Next(5) == 0 ? _random.Next(3000) : _random.Next(60)];
            _random.NextBytes(data);
            var id = new byte[16];
            _random.NextBytes(id);
            events[i] = new EventData(new Guid(id), $"type-{_random.Next(3)}", EventData.Binary, data, default);
        }

        batch = new Batch(StreamName.Parse(stream), events) { Expected = expected };
        foreach (var e in events)
        {
            _batches.Add(e.Id, batch);
        }

        Start(batch, expected);
    }

    private void Start(Batch batch, ExpectedRevision expected) =>
        _inFlight.Add((batch, _journal!.AppendAsync(
            batch.Stream, _bug == PlantedBug.DropExpectedRevision ? ExpectedRevision.Any : expected, batch.Events, CancellationToken.None)));

    private async Task PumpAsync()
    {
        for (var i = _random.Next(1, 4); i > 0 && _journal!.RunGroup(); i--)
        {
            _totals.Add("groups");
        }

        Settle();
        if (_journal!.IsFailed && !_disk.HasCrashed)
        {
            _totals.Add("failed fsyncs survived");
            _journal.Abandon();
            await CrashAsync();
        }
    }

    /// <summary>Takes the answers that have come.</summary>
    private void Settle()
    {
        for (var i = 0; i < _inFlight.Count;)
        {
            var (batch, task) = _inFlight[i];
            if (!task.IsCompleted)
            {
                i++;
                continue;
            }

            _inFlight.RemoveAt(i);
            Answered(batch, task);
        }
    }

    private void Answered(Batch batch, Task<AppendResult> task)
    {
        if (task.Exception?.InnerException is { } e)
        {
            if (e is not JournalException failure)
            {
                throw Broken($"an append ended with {e.GetType().Name}: {e.Message}");
            }

            _totals.Add($"answers {failure.Failure}");
            if (batch.State == BatchState.Unknown && failure.Failure == JournalFailure.DiskFull)
            {
                batch.State = BatchState.Refused;
            }

            return;
        }

        if (task.Result is AppendResult.Conflict)
        {
            _totals.Add("answers Conflict");
            if (batch.State == BatchState.Acknowledged)
            {
                throw Broken($"a repeated append to {batch.Stream} at {batch.FirstRevision} was a conflict");
            }

            batch.State = BatchState.Refused;
            return;
        }

        _totals.Add("answers Appended");
        var appended = (AppendResult.Appended)task.Result;
        if (batch.State == BatchState.Acknowledged)
        {
            if (appended.LastRevision != batch.LastRevision || appended.Position != batch.LastPosition)
            {
                throw Broken($"a repeated append to {batch.Stream} was answered {appended} and not as the first was");
            }

            return;
        }

        batch.State = BatchState.Acknowledged;
        batch.LastRevision = appended.LastRevision;
        batch.LastPosition = appended.Position;
        if (batch.Expected.IsExact && batch.FirstRevision != batch.Expected.Value + 1)
        {
            throw Broken($"an append that expected {batch.Expected} of {batch.Stream} became revision {batch.FirstRevision}");
        }

        _acknowledged.Add(batch);
        _heads[batch.Stream.Value] = Math.Max(_heads.GetValueOrDefault(batch.Stream.Value, -1), batch.LastRevision);
    }

    private void SetFaults()
    {
        _disk.Full = _random.Next(3) == 0 ? 0.2 : 0;
        _disk.WriteError = _random.Next(3) == 0 ? 0.1 : 0;
        _disk.SyncError = _random.Next(4) == 0 ? 0.1 : 0;
        _disk.ReadError = _random.Next(4) == 0 ? 0.02 : 0;
    }

    private async Task CrashAsync()
    {
        _totals.Add("crashes");
        Settle();
        _journal?.Abandon();
        _journal = null;
        _inFlight.Clear();
        _disk.Restart();
        await OpenAsync();
    }

    private async Task CloseAsync()
    {
        await _journal!.DisposeAsync();
        _journal = null;
        Settle();
        if (_inFlight.Count > 0 && !_disk.HasCrashed)
        {
            throw Broken("a closed journal left appends unanswered");
        }

        _inFlight.Clear();
        if (_disk.HasCrashed)
        {
            _disk.Restart();
        }
    }

    private async Task OpenAsync()
    {
        while (_journal is null)
        {
            try
            {
                _totals.Add("openings");
                _journal = await SegmentedJournal.OpenAsync(_options, CancellationToken.None);
                if (_journal.Recovery is not null)
                {
                    _totals.Add("torn tails cut");
                }
            }
            catch (JournalException e) when (e.Failure is JournalFailure.Unavailable or JournalFailure.DiskFull)
            {
                // The faults struck the opening itself: calm the disk and try again.
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

        await CheckAllAsync();
    }

    /// <summary>Compares everything with the model; what was unknown is known afterwards.</summary>
    private async Task CheckAllAsync()
    {
        var faults = (_disk.Full, _disk.WriteError, _disk.SyncError, _disk.ReadError);
        _disk.NoFaults();
        var all = new List<RecordedEvent>();
        await foreach (var e in _journal!.ReadAllAsync(Direction.Forwards, 0, long.MaxValue, null, CancellationToken.None))
        {
            all.Add(e);
        }

        ModelCheck.Run(all, _batches, _acknowledged, Broken);
        _heads.Clear();
        foreach (var e in all)
        {
            _heads[e.Stream.Value] = e.Revision;
        }

        _totals.Add("events checked", all.Count);
        (_disk.Full, _disk.WriteError, _disk.SyncError, _disk.ReadError) = faults;
    }

    private async Task CheckReadsAsync()
    {
        var stream = StreamName.Parse($"s-{_random.Next(4)}");
        try
        {
            var from = _random.NextInt64(0, _heads.GetValueOrDefault(stream.Value, -1) + 2);
            var expected = from;
            await foreach (var e in _journal!.ReadStreamAsync(stream, Direction.Forwards, from, 20, CancellationToken.None))
            {
                if (e.Revision != expected++ || !ModelCheck.Holds(_batches, e))
                {
                    throw Broken($"reading {stream} from {from} gave a wrong event at {e.Revision}");
                }
            }

            if (expected - from < Math.Min(20, _heads.GetValueOrDefault(stream.Value, -1) + 1 - from))
            {
                throw Broken($"reading {stream} from {from} ended before {_heads[stream.Value]}");
            }
        }
        catch (JournalException e) when (e.Failure == JournalFailure.Unavailable)
        {
            _totals.Add("reads failed");
        }
    }

    /// <summary>After an orderly close no single wrong bit may change what is read: either it is refused, or it does not matter.</summary>
    private async Task FlipAsync()
    {
        _disk.NoFaults();
        await CloseAsync();
        _disk.NoFaults();
        await OpenAsync();
        Submit();
        await PumpAsync();
        await CloseAsync();
        var paths = _disk.Paths.Where(p => p.EndsWith(".seg", StringComparison.Ordinal) || p.EndsWith(".idx", StringComparison.Ordinal)).Where(p => _disk.LengthOf(p) > 0).ToList();
        var path = paths[_random.Next(paths.Count)];
        _disk.Flip(path, _random.NextInt64(_disk.LengthOf(path) * 8));
        try
        {
            _journal = await SegmentedJournal.OpenAsync(_options, CancellationToken.None);
            await CheckAllAsync();
            for (var i = 0; i < 4; i++)
            {
                await CheckReadsAsync();
            }

            _totals.Add("flips without effect");
        }
        catch (JournalException e) when (e.Failure == JournalFailure.Corrupt)
        {
            _totals.Add("flips refused");
            if (!path.EndsWith(".seg", StringComparison.Ordinal) || !e.Message.Contains(path, StringComparison.Ordinal))
            {
                throw Broken($"a flip in {path} was refused as: {e.Message}");
            }
        }

        _journal?.Abandon();
    }

    private BrokenPromiseException Broken(string what) => new($"LOOM_SEED={_seed}: {what}");

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }
}
