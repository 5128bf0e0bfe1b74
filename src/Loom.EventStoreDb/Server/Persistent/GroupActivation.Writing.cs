using Loom.Journal;
using Microsoft.Extensions.Logging;

namespace Loom.EventStoreDb.Server.Persistent;

/// <summary>Making durable what is parked and how far the group is, and replaying what was parked.</summary>
internal sealed partial class GroupActivation
{
    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _work.WaitAsync(cancellationToken).ConfigureAwait(false);
            await FlushAsync(force: false).ConfigureAwait(false);
            await ReplayAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ReplayAsync(CancellationToken cancellationToken)
    {
        while (Look((state, _) => state.NextReplay) is { } from)
        {
            var isThere = false;
            await foreach (var (revision, reference) in _parked.ReadAsync(from, Group.Settings.ReadBatchSize, cancellationToken).ConfigureAwait(false))
            {
                isThere = true;
                var e = await _parked.LoadAsync(reference, cancellationToken).ConfigureAwait(false);
                lock (_gate)
                {
                    if (_state.NextReplay != revision)
                    {
                        break;
                    }

                    _state.AddReplay(e, revision, Mark(Group, reference), Now);
                    Pump();
                }
            }

            if (!isThere)
            {
                throw new JournalException(JournalFailure.Corrupt, $"The parked events of {Group.Key} lack number {from}. Restore the journal from a backup.");
            }
        }
    }

    // What is parked is written before the cursor passes it.
    private async Task FlushAsync(bool force)
    {
        await _writing.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            while (Taken(s => s.TakeParking(ParkedEvents.Batch)) is { Count: > 0 } parking)
            {
                var first = _parked.Count;
                if (!await _parked.AppendAsync(parking, CancellationToken.None).ConfigureAwait(false))
                {
                    Fail(PersistentErrors.Dropped(Group.Key));
                    return;
                }

                lock (_gate)
                {
                    _state.HaveParked(parking, first, Now);
                    Pump();
                }
            }

            if (Taken(s => s.Due(Now, force)) is not { } body)
            {
                return;
            }

            if (!await _cursor.WriteAsync(body, CancellationToken.None).ConfigureAwait(false))
            {
                Fail(PersistentErrors.Dropped(Group.Key));
                return;
            }

            lock (_gate)
            {
                _state.Wrote(body);
                AfterChange();
            }
        }
        catch (JournalException e)
        {
            Fail(e);
            _log.LogWarning(e, "The persistent subscription {Group} ends here; it is taken up again when a consumer comes.", Group.Key);
        }
        finally
        {
            _writing.Release();
        }
    }

    private T? Taken<T>(Func<GroupState, T?> take)
        where T : class
    {
        lock (_gate)
        {
            return _ended is null ? take(_state) : null;
        }
    }
}
