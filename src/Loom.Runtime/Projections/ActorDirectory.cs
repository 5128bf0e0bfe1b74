using Loom.Core;
using Loom.Journal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loom.Runtime;

/// <summary>
/// The directory of all actors by type, state label and last change: a projection of the journal, kept in memory, saved with its cursor
/// in one state file, rebuilt from the journal whenever that is lost. Thread-safe.
/// </summary>
public sealed class ActorDirectory : IAsyncDisposable
{
    private const string FileName = "directory";
    private const int MaxStates = 10_000;
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(5);

    private readonly IJournal _journal;
    private readonly ActorTypes _types;
    private readonly TimeProvider _time;
    private readonly TaskScheduler _scheduler;
    private readonly IStateFiles _files;
    private readonly ILogger _log;
    private readonly Replays _replays;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();

    // States of recently changed actors; anybody else's is replayed once when it changes again.
    private readonly Dictionary<ActorId, (long Revision, MachineState? State)> _states = []; // of the following task alone
    private readonly Dictionary<ActorId, StreamFold> _folds = []; // the same, for modules' actors
    private CancellationTokenSource _pass = new();
    private DirectoryRows _rows = new();
    private ulong? _position;
    private long _version, _savedVersion;
    private bool _caughtUp;
    private DateTimeOffset _lastTaken;
    private Task _work = Task.CompletedTask;

    /// <summary>Puts a directory together; <see cref="StartAsync"/> starts it.</summary>
    /// <param name="options">Where its file is kept, and on which scheduler it runs.</param>
    /// <param name="journal">What it follows.</param>
    /// <param name="types">The machines, for labels.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where problems are written; null for nowhere.</param>
    public ActorDirectory(ActorRuntimeOptions options, IJournal journal, ActorTypes types, TimeProvider time, ILogger<ActorDirectory>? logger = null)
        : this(options, journal, types, time, logger, options?.Directory is { } folder ? new StateFolder(folder) : new StateMemory())
    {
    }

    internal ActorDirectory(
        ActorRuntimeOptions options, IJournal journal, ActorTypes types, TimeProvider time, ILogger<ActorDirectory>? logger, IStateFiles files)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        (_journal, _types, _time, _scheduler, _files) = (journal, types, time, options.Scheduler, files);
        _log = logger ?? NullLogger<ActorDirectory>.Instance;
        _replays = new Replays(types, options.Blobs);
        _lastTaken = time.GetUtcNow();
    }

    /// <summary>How many actors it knows.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _rows.Count;
            }
        }
    }

    /// <summary>How many actors there are by type and label, types in order, most frequent label first.</summary>
    public IReadOnlyList<DirectoryCount> Counts
    {
        get
        {
            lock (_gate)
            {
                return _rows.Counts;
            }
        }
    }

    /// <summary>How many actors have a module as their machine now.</summary>
    public int UsersOf(MachineId module)
    {
        lock (_gate)
        {
            return _rows.UsersOf(module);
        }
    }

    /// <summary>Reads its file and follows the journal from there.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Load();
        _work = Task.WhenAll(Run(FollowAsync), Run(SaveRegularlyAsync));
        return Task.CompletedTask;
    }

    /// <summary>One actor's entry, or null.</summary>
    public DirectoryEntry? Find(ActorId actor)
    {
        lock (_gate)
        {
            return _rows.Find(actor);
        }
    }

    /// <summary>A page of matches, newest change first, with the directory's lag.</summary>
    public async Task<DirectoryPage> FindAsync(DirectoryQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var lag = await LagAsync(cancellationToken);
        lock (_gate)
        {
            var (entries, total) = _rows.Find(query);
            return new DirectoryPage(entries, total, lag);
        }
    }

    /// <summary>How far it is behind the journal.</summary>
    public async Task<DirectoryLag> LagAsync(CancellationToken cancellationToken)
    {
        var head = await _journal.LastPositionAsync(cancellationToken);
        lock (_gate)
        {
            var there = head is null || _position >= head;
            var progress = there ? 1 : _position is { } p && head is > 0 ? Math.Clamp((double)p / head.Value, 0, 1) : 0;
            return new DirectoryLag(_position, head, _caughtUp && there, progress, there ? TimeSpan.Zero : _time.GetUtcNow() - _lastTaken);
        }
    }

    /// <summary>Forgets everything and takes the journal in anew; <see cref="LagAsync"/> shows the progress.</summary>
    public void Rebuild()
    {
        CancellationTokenSource pass;
        lock (_gate)
        {
            (_rows, _position, _caughtUp) = (new DirectoryRows(), null, false);
            _version++;
            (pass, _pass) = (_pass, new CancellationTokenSource());
        }

        _files.Delete(FileName);
        pass.Cancel();
    }

    /// <summary>Stops following and saves.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        _stop.Cancel();
        await _work;
        Save();
    }

    private Task Run(Func<Task> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler).Unwrap();

    private async Task FollowAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            CancellationTokenSource pass;
            ulong? from;
            lock (_gate)
            {
                (pass, from) = (_pass, _position);
            }

            using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, pass.Token);
            try
            {
                await FollowAsync(from, pass, either.Token);
            }
            catch (OperationCanceledException)
            {
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                _log.LogWarning(e, "The directory was interrupted and goes on from its cursor.");
                await PauseAsync(TimeSpan.FromSeconds(1));
            }
        }
    }

    private async Task FollowAsync(ulong? from, CancellationTokenSource pass, CancellationToken cancellationToken)
    {
        await foreach (var message in _journal.SubscribeToAllAsync(from, null, cancellationToken))
        {
            switch (message)
            {
                case SubscriptionMessage.EventArrived { Event: var e }:
                    await TakeAsync(e, pass, cancellationToken);
                    break;
                case SubscriptionMessage.CaughtUp:
                    lock (_gate)
                    {
                        _caughtUp = ReferenceEquals(pass, _pass);
                    }

                    break;
            }
        }
    }

    private async Task TakeAsync(RecordedEvent e, CancellationTokenSource pass, CancellationToken cancellationToken)
    {
        var entry = ActorId.TryParse(e.Stream.Value, out var actor) && _types.TryGet(actor.Type, out var machine)
            ? await EntryOfAsync(actor, machine, e, cancellationToken)
            : null;
        lock (_gate)
        {
            if (!ReferenceEquals(pass, _pass))
            {
                return; // a rebuild began in between
            }

            if (entry is not null)
            {
                _rows.Put(entry);
                _version++;
            }

            _position = e.Position;
            _lastTaken = _time.GetUtcNow();
        }
    }

    // Null for an earlier event of its transition: the actor has changed only with the last.
    private async Task<DirectoryEntry?> EntryOfAsync(ActorId actor, Machine machine, RecordedEvent e, CancellationToken cancellationToken)
    {
        var state = await StateAfterAsync(actor, machine, e, cancellationToken);
        if (ReadHead(e) is not { } head)
        {
            return null;
        }

        var before = Find(actor);
        return new DirectoryEntry(actor, state?.Label ?? "unreadable", e.Revision, (before?.Transitions ?? 0) + 1, head.ActorType, before?.Created ?? head.At, head.At)
        {
            Module = machine is WasmMachine ? ModuleOf(e) : null,
        };
    }

    private static MachineId? ModuleOf(RecordedEvent e)
    {
        try
        {
            return TransitionReader.ReadLink(e) is { Machine.IsWasm: true } link ? link.Machine : null;
        }
        catch (FormatException)
        {
            return null; // the entry says "unreadable" already
        }
    }

    // Whether the link is a good one is the log's question, which asks it of every link; the directory only shows what it says.
    private (string ActorType, Timestamp At)? ReadHead(RecordedEvent e)
    {
        if (MetadataScan.Scan(e.Metadata.Span, out _) == MetadataScan.Found.Part)
        {
            return null;
        }

        if (MetadataScan.TryScanHead(e.Metadata.Span, out var actorType, out var at))
        {
            return (actorType, at);
        }

        try
        {
            return TransitionReader.ReadLink(e) is { } link ? (link.ActorType, link.At) : null;
        }
        catch (FormatException ex)
        {
            _log.LogWarning(ex, "{Stream} at revision {Revision} has no readable link; the directory keeps the actor's earlier state.", e.Stream.Value, e.Revision);
            return null;
        }
    }

    private async Task<MachineState?> StateAfterAsync(ActorId actor, Machine machine, RecordedEvent e, CancellationToken cancellationToken)
    {
        MachineState? state = null;
        try
        {
            if (machine is WasmMachine)
            {
                return await RunAsync(actor, machine, e, cancellationToken);
            }

            if (_states.TryGetValue(actor, out var kept) && kept.Revision == e.Revision - 1)
            {
                state = Apply(machine, kept.State, e);
            }
            else
            {
                await foreach (var earlier in _journal.ReadStreamAsync(e.Stream, Direction.Forwards, 0, e.Revision + 1, cancellationToken))
                {
                    state = Apply(machine, state, earlier);
                }
            }
        }
        catch (Exception ex) when (ex is not OperationCanceledException and not JournalException and not OutOfMemoryException)
        {
            _log.LogWarning(ex, "The directory cannot read {Stream} at revision {Revision}.", e.Stream.Value, e.Revision);
            _states.Remove(actor);
            _folds.Remove(actor);
            return null;
        }

        if (_states.Count >= MaxStates && !_states.ContainsKey(actor))
        {
            _states.Clear(); // who is busy comes back with one replay
        }

        _states[actor] = (e.Revision, state);
        return state;
    }

    private async Task<MachineState?> RunAsync(ActorId actor, Machine machine, RecordedEvent e, CancellationToken cancellationToken)
    {
        if (_folds.TryGetValue(actor, out var fold) && fold.Next == e.Revision)
        {
            await fold.AcceptAsync(e, cancellationToken);
            return fold.State;
        }

        fold = _replays.FoldOf(e.Stream, machine, commands: null);
        await foreach (var earlier in _journal.ReadStreamAsync(e.Stream, Direction.Forwards, 0, e.Revision + 1, cancellationToken))
        {
            await fold.AcceptAsync(earlier, cancellationToken);
        }

        if (_folds.Count >= MaxStates && !_folds.ContainsKey(actor))
        {
            _folds.Clear();
        }

        _folds[actor] = fold;
        return fold.State;
    }

    private static MachineState? Apply(Machine machine, MachineState? state, RecordedEvent e) =>
        e.Type == StreamFold.UpgradedEvent ? state : machine.Evolve(state, e.Type, e.Data);

    private void Load()
    {
        try
        {
            if (_files.Read(FileName) is { } bytes)
            {
                lock (_gate)
                {
                    (_rows, _position) = DirectoryRows.Read(bytes);
                }
            }
        }
        catch (FormatException e)
        {
            _log.LogInformation(e, "The directory's file is of no use; it is rebuilt from the journal.");
        }
    }

    private async Task SaveRegularlyAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await PauseAsync(SaveInterval);
            Save();
        }
    }

    private void Save()
    {
        byte[] bytes;
        lock (_gate)
        {
            if (_version == _savedVersion)
            {
                return;
            }

            bytes = _rows.Write(_position);
            _savedVersion = _version;
        }

        try
        {
            _files.Write(FileName, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.LogWarning(e, "The directory could not be saved; it will be rebuilt from the journal after a restart.");
        }
    }

    private async Task PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
        }
    }
}
