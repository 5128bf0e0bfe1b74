using Loom.Core;
using Loom.Journal;

namespace Loom.EventStoreDb.Server.Persistent;

/// <summary>Following the stream, or everything, as far as there is room.</summary>
internal sealed partial class GroupActivation
{
    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var after = _state.Read;
        var messages = Group.Key.Stream is { } stream
            ? _journal.SubscribeToStreamAsync(stream, after is { } revision ? (long)revision : -1, cancellationToken)
            : _journal.SubscribeToAllAsync(after, null, cancellationToken);
        await foreach (var message in messages.ConfigureAwait(false))
        {
            switch (message)
            {
                case SubscriptionMessage.EventArrived { Event: var e } when !Group.IsAll || !IsOwn(e):
                    await AddAsync(e, cancellationToken).ConfigureAwait(false);
                    break;
                case SubscriptionMessage.CaughtUp:
                    lock (_gate)
                    {
                        _state.IsLive = true;
                    }

                    break;
            }
        }
    }

    // What groups and other cursors write themselves is nothing for a group of everything: it would go on for ever.
    private static bool IsOwn(RecordedEvent e) =>
        e.Stream.Value.StartsWith(GroupCursor.AnyPrefix, StringComparison.Ordinal) || e.Stream.Value.StartsWith(ParkedEvents.Prefix, StringComparison.Ordinal);

    private async ValueTask AddAsync(RecordedEvent e, CancellationToken cancellationToken)
    {
        var isWanted = _filter?.Matches(e) != false;
        while (true)
        {
            Task room;
            lock (_gate)
            {
                if (!isWanted)
                {
                    _state.Skip(Group.Mark(e), Now);
                    AfterChange();
                    return;
                }

                if (_state.HasRoom)
                {
                    _state.Add(e, Group.Mark(e), Now);
                    Pump();
                    return;
                }

                _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                room = _room.Task;
            }

            await room.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
