using Loom.Core;
using Loom.EventStoreDb.Grpc;
using Loom.Journal;
using Microsoft.Extensions.Logging;

namespace Loom.EventStoreDb.Server.Persistent;

/// <summary>
/// A group that is served here: reads what it follows, keeps its state, writes its cursor and what is parked. It ends for good when somebody else
/// wrote its cursor, when the journal fails, or when its settings change; whoever needs it then takes it up again from what is durable.
/// </summary>
internal sealed partial class GroupActivation : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly SemaphoreSlim _work = new(0, 1);
    private readonly CancellationTokenSource _stop;
    private readonly IJournal _journal;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly GroupCursor _cursor;
    private readonly ParkedEvents _parked;
    private readonly GroupState _state;
    private readonly ReadFilter? _filter;
    private readonly ITimer _timer;
    private TaskCompletionSource _room = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan? _armed;
    private Exception? _ended;
    private Task _running = Task.CompletedTask;

    private GroupActivation(IJournal journal, Group group, GroupState state, GroupCursor cursor, ParkedEvents parked, TimeProvider time, ILogger log, CancellationToken stopping)
    {
        (_journal, Group, _state, _cursor, _parked, _time, _log) = (journal, group, state, cursor, parked, time, log);
        _filter = group.Filter?.Compile();
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _timer = time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public Group Group { get; }

    public bool HasEnded
    {
        get
        {
            lock (_gate)
            {
                return _ended is not null;
            }
        }
    }

    public bool HasConsumers
    {
        get
        {
            lock (_gate)
            {
                return _state.Consumers.Count > 0;
            }
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(0);

    /// <summary>Takes a group up where it is, from whoever had it.</summary>
    /// <exception cref="JournalException">The journal cannot be read or written now.</exception>
    public static async Task<GroupActivation> TakeUpAsync(IJournal journal, Group group, TimeProvider time, ILogger log, CancellationToken stopping, CancellationToken cancellationToken)
    {
        var owner = Guid.NewGuid();
        var cursor = new GroupCursor(journal, group);
        CursorBody body;
        do
        {
            body = (await cursor.ReadAsync(cancellationToken).ConfigureAwait(false) ?? GroupCursor.Unused(owner)) with { Owner = owner };
        }
        while (!await cursor.WriteAsync(body, cancellationToken).ConfigureAwait(false));

        var parked = new ParkedEvents(journal, group, owner);
        await parked.OpenAsync(cancellationToken).ConfigureAwait(false);
        var state = new GroupState(group.Settings, group.After, body, parked.Count);
        await foreach (var (revision, reference) in parked.ReadAsync(body.ParkedSince, GroupState.MaxRemembered, cancellationToken).ConfigureAwait(false))
        {
            state.WasParked(Mark(group, reference), revision);
        }

        var activation = new GroupActivation(journal, group, state, cursor, parked, time, log, stopping);
        activation._running = Task.WhenAll(activation.RunAsync(activation.ReadAsync), activation.RunAsync(activation.WriteAsync));
        activation.Work();
        return activation;
    }

    /// <summary>A consumer comes.</summary>
    /// <exception cref="GrpcException">There are as many as there may be, or the group has ended.</exception>
    public void Connect(Consumer consumer, int most)
    {
        lock (_gate)
        {
            ThrowIfEnded();
            if (_state.Consumers.Count >= most)
            {
                throw PersistentErrors.TooMany(Group.Key);
            }

            _state.Connect(consumer, Now);
            Pump();
        }
    }

    /// <summary>A consumer is gone; when it was the last, what is done is made durable.</summary>
    public async Task LeaveAsync(Consumer consumer)
    {
        bool isLast;
        lock (_gate)
        {
            _state.Disconnect(consumer);
            isLast = _state.Consumers.Count == 0 && _ended is null;
            Pump();
        }

        if (isLast)
        {
            await FlushAsync(force: true).ConfigureAwait(false);
        }
    }

    /// <summary>What a consumer says of its events.</summary>
    public void Take(Consumer consumer, IReadOnlyList<Guid> ids, Answer answer, string reason)
    {
        lock (_gate)
        {
            var now = Now;
            foreach (var id in ids)
            {
                _state.Take(consumer, id, answer, reason, now);
            }

            Pump();
        }
    }

    /// <summary>Takes a delivery off its queue; false when it came too late to be sent.</summary>
    public bool Send(Delivery delivery)
    {
        lock (_gate)
        {
            var wasFull = delivery.To.Queued >= delivery.To.Capacity;
            var isCurrent = _state.Send(delivery);
            if (wasFull)
            {
                Pump();
            }

            return isCurrent;
        }
    }

    /// <summary>Replays what is parked now, up to <paramref name="stopAt"/>; durable when this returns.</summary>
    public Task ReplayAsync(long? stopAt) => ChangeAsync(() => _state.Replay(stopAt ?? long.MaxValue));

    /// <summary>Gives up what is parked now, up to <paramref name="stopAt"/>; durable when this returns.</summary>
    public Task TruncateAsync(long? stopAt) => ChangeAsync(() => _state.Truncate(stopAt ?? long.MaxValue, Now));

    /// <summary>Whether nobody else has taken the group up since.</summary>
    public Task<bool> IsCurrentAsync(CancellationToken cancellationToken) => _cursor.IsCurrentAsync(cancellationToken);

    /// <summary>Looks at the state.</summary>
    public T Look<T>(Func<GroupState, TimeSpan, T> look)
    {
        lock (_gate)
        {
            return look(_state, Now);
        }
    }

    /// <summary>Ends, with what is done made durable where that is possible; consumers are told why.</summary>
    public async Task EndAsync(Exception why)
    {
        try
        {
            await FlushAsync(force: true).ConfigureAwait(false);
        }
        catch (GrpcException)
        {
            // It has ended already, and its consumers know.
        }

        Fail(why);
        await DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _timer.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private static ulong Mark(Group group, ParkedBody reference) => group.IsAll ? reference.Position : (ulong)reference.Revision;

    private async Task ChangeAsync(Action change)
    {
        lock (_gate)
        {
            ThrowIfEnded();
            change();
            Pump();
        }

        await FlushAsync(force: true).ConfigureAwait(false);
        Work();
        lock (_gate)
        {
            ThrowIfEnded();
        }
    }

    private async Task RunAsync(Func<CancellationToken, Task> part)
    {
        await Task.Yield();
        try
        {
            await part(_stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The server ends, or the group does.
        }
        catch (Exception e) when (_stop.IsCancellationRequested)
        {
            Fail(e);
        }
        catch (Exception e)
        {
            Fail(e);
            _log.LogWarning(e, "The persistent subscription {Group} ends here; it is taken up again when a consumer comes.", Group.Key);
        }
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            _armed = null;
            _state.Expire(Now);
            Pump();
        }
    }

    private void Pump()
    {
        if (_ended is null)
        {
            _state.Pump(Now);
            AfterChange();
        }
    }

    private void AfterChange()
    {
        var now = Now;
        if (_state.HasRoom)
        {
            _room.TrySetResult();
        }

        if (_state.HasParking || _state.NextReplay is not null || _state.Due(now, force: false) is not null)
        {
            Work();
        }

        // Earlier than needed does no harm; a timer that is set anew for each event would.
        if (_state.NextDue(now) is { } due && !(_armed <= due))
        {
            _armed = due;
            _timer.Change(due > now ? due - now : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private void Work()
    {
        lock (_gate)
        {
            if (_work.CurrentCount == 0)
            {
                _work.Release();
            }
        }
    }

    private void Fail(Exception why)
    {
        lock (_gate)
        {
            if (_ended is not null)
            {
                return;
            }

            _ended = why;
            foreach (var consumer in _state.Consumers)
            {
                consumer.End(why);
            }
        }

        _stop.Cancel();
    }

    private void ThrowIfEnded()
    {
        if (_ended is { } why)
        {
            throw why is JournalException ? why : PersistentErrors.Dropped(Group.Key);
        }
    }
}
