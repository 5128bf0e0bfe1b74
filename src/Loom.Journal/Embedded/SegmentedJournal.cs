using System.Runtime.CompilerServices;
using System.Text;
using Loom.Core;
using Loom.Journal.Embedded;

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
public sealed class SegmentedJournal : IJournal
{
    private const int CheckpointEvery = 1000;
    private const string CursorPrefix = "loom.cursors-";

    private readonly SegmentedJournalOptions _options;
    private readonly SegmentStore _store;
    private readonly StoredEvents _stored;
    private readonly GroupWriter _writer;
    private readonly CommitSignal _signal = new();
    private readonly Task _writing;
    private volatile bool _isClosed;

    private SegmentedJournal(SegmentedJournalOptions options, SegmentStore store)
    {
        (_options, _store) = (options, store);
        var recent = new RecentEvents(store.End, options.RecentBytes);
        _stored = new StoredEvents(() => store.Durable, recent);
        _writer = new GroupWriter(store, new Decider(_stored), recent, options, _signal.Pulse);
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
        AppendAsync(stream, expected, events, _options.Time.GetUtcNow(), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<RecordedEvent> ReadStreamAsync(
        StreamName stream, Direction direction, long from, long maxCount, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfNegative(maxCount);
        return Enumerate(ReadStream(stream, direction, from), maxCount, cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RecordedEvent> ReadAllAsync(
        Direction direction, ulong from, long maxCount, EventFilter? filter, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxCount);
        var all = direction == Direction.Forwards ? _stored.AllForwards(from) : _stored.AllBackwards(from);
        return Enumerate(filter is null ? all : all.Where(e => filter.Matches(e.Stream)), maxCount, cancellationToken);
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
            if (LastRevision(key) > after)
            {
                await foreach (var e in ReadStreamAsync(stream, Direction.Forwards, after + 1, long.MaxValue, cancellationToken))
                {
                    yield return new SubscriptionMessage.EventArrived(e);
                    after = e.Revision;
                    behind += behind < int.MaxValue ? 1 : 0;
                }
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
                if (filter is null || filter.Matches(e.Stream))
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
        return Task.FromResult(LastRevision(StreamKey.Of(stream)));
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

        _isClosed = true;
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
    }

    /// <summary>Appends with a given time of storing (an import keeps the old one).</summary>
    internal Task<AppendResult> AppendAsync(
        StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events, DateTimeOffset created, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            ThrowIfClosed();
            if (_options.ReadOnly)
            {
                throw new JournalException(JournalFailure.ReadOnly, $"The journal in {Directory} is open for reading only. Open it for writing.");
            }

            AppendRules.Check(stream, events);
            var request = new AppendRequest(stream, expected, events, cancellationToken) { CreatedTicks = created.UtcTicks };
            request.Encode();
            return _writer.EnqueueAsync(request);
        }
        catch (EncoderFallbackException e)
        {
            return Task.FromException<AppendResult>(
                AppendRules.Refused($"An event for '{stream}' has a type or content type with a lone surrogate. Send well-formed text.", e));
        }
        catch (JournalException e)
        {
            return Task.FromException<AppendResult>(e);
        }
        catch (OperationCanceledException e)
        {
            return Task.FromCanceled<AppendResult>(e.CancellationToken);
        }
    }

    /// <summary>Writes one group (with a manual writer); false when nothing waits.</summary>
    internal bool RunGroup() => _writer.RunGroup();

    /// <summary>Lets go of everything as a process that dies does: nothing is written any more.</summary>
    internal void Abandon()
    {
        _isClosed = true;
        _store.Dispose();
    }

    private IEnumerable<RecordedEvent> ReadStream(StreamName stream, Direction direction, long from)
    {
        var key = StreamKey.Of(stream);
        var head = _stored.LastRevision(key);

        // A cursor's stream grows for ever and only its newest event means anything.
        var first = stream.Value.StartsWith(CursorPrefix, StringComparison.Ordinal) ? head : 0;
        var events = direction == Direction.Forwards
            ? _stored.Forwards(stream, key, Math.Max(from, first), head)
            : _stored.Backwards(stream, key, Math.Min(from, head)).TakeWhile(e => e.Revision >= first);
        foreach (var e in events)
        {
            yield return e;
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
            throw new JournalException(JournalFailure.Unavailable, $"The journal in {Directory} could not be read: {e.Message} Look at the disk, then try again.", e);
        }
    }

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
