using System.Runtime.CompilerServices;
using Loom.Core;
using Loom.Journal.Embedded;
using Loom.Journal.Streams;

namespace Loom.Journal;

/// <summary>
/// The embedded journal: append-only segment files in one folder, one writer that makes whole groups of appends durable at once, and
/// readers that see only what is durable. Files and guarantees: <c>docs/formats/journal-files.md</c>.
/// </summary>
/// <example>
/// <code>
/// await using var journal = await SegmentedJournal.OpenAsync(new() { Directory = ".loom/journal" }, cancellationToken);
/// </code>
/// </example>
public sealed partial class SegmentedJournal : IJournal, IStreamAdministration, IScavenging
{
    private const int CheckpointEvery = 1000;

    private readonly SegmentedJournalOptions _options;
    private readonly SegmentStore _store;
    private readonly StoredEvents _stored;
    private readonly StreamRules _rules;
    private readonly GroupWriter _writer;
    private readonly CommitSignal _signal = new();
    private readonly Task _writing;
    private volatile bool _isClosed;

    private SegmentedJournal(SegmentedJournalOptions options, SegmentStore store)
    {
        (_options, _store) = (options, store);
        var recent = new RecentEvents(store.End, options.RecentBytes);
        _stored = new StoredEvents(() => store.Durable, recent);
        _rules = new StreamRules(new StoredFacts(_stored), options.IsActorStream, options.Time);
        _writer = new GroupWriter(store, new Decider(_stored, _rules), recent, options, _signal.Pulse);
        _writing = options.ManualWriter || options.ReadOnly
            ? Task.CompletedTask
            : Task.Factory.StartNew(_writer.Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The folder.</summary>
    public string Directory => _options.Directory;

    /// <summary>What opening cut off after a crash; null when nothing was.</summary>
    public JournalRecovery? Recovery => _store.Recovery;

    internal Durable Durable => _store.Durable;

    internal bool IsFailed => _writer.IsFailed;

    internal SegmentedJournalOptions Options => _options;

    /// <summary>Opens the journal in a folder, or makes one.</summary>
    /// <exception cref="JournalException">In use, damaged, full, or not to be written: the message says which, and what to do.</exception>
    public static Task<SegmentedJournal> OpenAsync(SegmentedJournalOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.SegmentBytes, SegmentedJournalOptions.MaxSegmentBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.SegmentBytes, SegmentHeader.Size);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxQueued, 1);
        return options.ManualWriter
            ? Task.FromResult(new SegmentedJournal(options, SegmentStore.Open(options)))
            : Task.Run(() => new SegmentedJournal(options, SegmentStore.Open(options)), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<AppendResult> AppendAsync(
        StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events, CancellationToken cancellationToken) =>
        HandOverAsync(stream, events, cancellationToken, () => new AppendRequest(stream, expected, events, cancellationToken) { CreatedTicks = _options.Time.GetUtcNow().UtcTicks });

    /// <inheritdoc/>
    public IAsyncEnumerable<RecordedEvent> ReadStreamAsync(
        StreamName stream, Direction direction, long from, long maxCount, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfNegative(maxCount);
        return Enumerate(ReadStream(stream, direction, from, long.MaxValue), maxCount, cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RecordedEvent> ReadAllAsync(
        Direction direction, ulong from, long maxCount, EventFilter? filter, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxCount);
        var all = direction == Direction.Forwards ? _stored.AllForwards(from) : _stored.AllBackwards(from);
        return Enumerate(filter is null ? all : all.Where(e => filter.Matches(e)), maxCount, cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SubscriptionMessage> SubscribeToStreamAsync(
        StreamName stream, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(after, -1);
        await Task.Yield();
        var key = StreamKey.Of(stream);
        var behind = int.MaxValue;
        while (true)
        {
            var signal = _signal.Next();
            var last = LastRevision(key);
            if (last == MetadataStreams.TombstoneRevision || (last > after && after < long.MaxValue))
            {
                await foreach (var e in Enumerate(ReadStream(stream, Direction.Forwards, after + 1, last), long.MaxValue, cancellationToken))
                {
                    yield return new SubscriptionMessage.EventArrived(e);
                    after = e.Revision;
                    behind += behind < int.MaxValue ? 1 : 0;
                }

                after = Math.Max(after, last); // what was not visible is not looked at again
            }

            if (behind > CheckpointEvery)
            {
                yield return new SubscriptionMessage.CaughtUp();
            }

            behind = 0;
            await WaitAsync(signal, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SubscriptionMessage> SubscribeToAllAsync(
        ulong? after, EventFilter? filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        var behind = int.MaxValue;
        var skipped = 0;
        while (true)
        {
            var signal = _signal.Next();
            var from = after is { } last ? (last == ulong.MaxValue ? last : last + 1) : 0;
            await foreach (var e in Enumerate(_stored.AllForwards(from), long.MaxValue, cancellationToken))
            {
                after = e.Position;
                behind += behind < int.MaxValue ? 1 : 0;
                if (filter is null || filter.Matches(e))
                {
                    skipped = 0;
                    yield return new SubscriptionMessage.EventArrived(e);
                }
                else if (++skipped == CheckpointEvery)
                {
                    skipped = 0;
                    yield return new SubscriptionMessage.Checkpoint(e.Position);
                }
            }

            if (behind > CheckpointEvery)
            {
                if (skipped > 0)
                {
                    skipped = 0;
                    yield return new SubscriptionMessage.Checkpoint(after!.Value);
                }

                yield return new SubscriptionMessage.CaughtUp();
            }

            behind = 0;
            await WaitAsync(signal, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task<long> LastRevisionAsync(StreamName stream, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfClosed();
        try
        {
            var window = _rules.Window(stream);
            return Task.FromResult(window.Exists ? window.Last : -1);
        }
        catch (ObjectDisposedException)
        {
            throw GroupWriter.Closed();
        }
        catch (IOException e)
        {
            throw Unreadable(e);
        }
    }

    /// <inheritdoc/>
    public Task<ulong?> LastPositionAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfClosed();
        return Task.FromResult(_store.Durable.LastPosition);
    }

    /// <summary>Writes what was handed over, marks the orderly end, and lets the folder go.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isClosed)
        {
            return;
        }

        await StopScavengingAsync();
        _writer.Close();
        await _writing;
        while (_options.ManualWriter && _writer.RunGroup())
        {
        }

        if (!_options.ReadOnly)
        {
            _writer.WriteEnd(_options.Time.GetUtcNow());
        }

        _signal.Pulse();
        _store.Dispose();
        _closing.Dispose();
    }

    /// <summary>Writes one group (with a manual writer); false when nothing waits.</summary>
    internal bool RunGroup() => _writer.RunGroup();

    /// <summary>Lets go of everything as a process that dies does: nothing is written any more.</summary>
    internal void Abandon()
    {
        _isClosed = true;
        _store.Dispose();
    }

    private IEnumerable<RecordedEvent> ReadStream(StreamName stream, Direction direction, long from, long to)
    {
        var window = _rules.Window(stream);
        if (!window.Exists || window.First > window.Last)
        {
            yield break;
        }

        var key = StreamKey.Of(stream);
        var events = direction == Direction.Forwards
            ? _stored.Forwards(stream, key, Math.Max(from, window.First), Math.Min(to, window.Last))
            : _stored.Backwards(stream, key, Math.Min(from, window.Last)).TakeWhile(e => e.Revision >= window.First);
        foreach (var e in events)
        {
            if (window.Shows(e))
            {
                yield return e;
            }
        }
    }

    private long LastRevision(StreamKey key)
    {
        try
        {
            return _stored.LastRevision(key);
        }
        catch (ObjectDisposedException)
        {
            throw GroupWriter.Closed();
        }
        catch (IOException e)
        {
            throw Unreadable(e);
        }
    }

    private JournalException Unreadable(IOException e) =>
        new(JournalFailure.Unavailable, $"The journal in {Directory} could not be read: {e.Message} Look at the disk, then try again.", e);

    private Immediate<RecordedEvent> Enumerate(IEnumerable<RecordedEvent> events, long maxCount, CancellationToken cancellationToken) =>
        new(events, maxCount, () => _isClosed, cancellationToken);

    private async Task WaitAsync(Task signal, CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        await signal.WaitAsync(cancellationToken);
        ThrowIfClosed();
    }

    private void ThrowIfClosed()
    {
        if (_isClosed)
        {
            throw GroupWriter.Closed();
        }
    }
}
