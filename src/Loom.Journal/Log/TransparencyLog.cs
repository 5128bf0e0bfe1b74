using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Loom.Core;

namespace Loom.Journal.Log;

/// <summary>
/// The transparency log of a journal: an RFC 6962 tree whose leaves are links, and its signed checkpoints. Reading is safe on any thread
/// and never waits for the builder. Everything it knows comes from <c>loom.log</c>, <c>loom.checkpoints</c>, <c>loom.keys</c> and
/// <c>loom.audit</c>. Memory: see <see cref="IndexOf"/>.
/// </summary>
public sealed partial class TransparencyLog : IAsyncDisposable
{
    private const string LogSubject = "loom.log";

    private readonly IJournal _journal;
    private readonly TransparencyLogOptions _options;
    private readonly LogIndex _index = new();
    private readonly LogBuilder _builder;
    private readonly CheckpointStream _checkpoints;
    private readonly LoomStreams _streams;
    private readonly LogKeys _keys;
    private readonly LogFindings _findings = new();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly HttpClient? _http;
    private ISigner? _signer;
    private ISigner? _previousSigner;
    private SignedNote? _toPublish;
    private CheckpointInfo? _covered; // another host's checkpoint may be known before its leaves
    private long? _signedAt;
    private long _epoch = 1;
    private ulong _lag;
    private volatile int _state;

    private TransparencyLog(IJournal journal, TransparencyLogOptions options)
    {
        (_journal, _options, _signer) = (journal, options, options.Signer);
        _builder = new LogBuilder(journal, _index, RecordRefusalAsync);
        _checkpoints = new CheckpointStream(journal);
        _streams = new LoomStreams(journal, options.TimeProvider);
        _keys = new LogKeys(journal, _streams);
        if (options.PublishTo is { } target && OutsideCheckpoint.IsWeb(target, out _) && options.Http is null)
        {
            _http = new HttpClient();
        }
    }

    /// <summary>The name in the newest checkpoint of a journal: a log keeps its name wherever its journal goes. Null before the first.</summary>
    public static async Task<string?> OriginOfAsync(IJournal journal, CancellationToken cancellationToken)
    {
        var checkpoints = new CheckpointStream(journal);
        await checkpoints.CatchUpAsync(cancellationToken).ConfigureAwait(false);
        return checkpoints.Latest?.Checkpoint.Origin;
    }

    /// <summary>The keys that a journal's <c>loom.keys</c> names, oldest first; empty before its log has begun.</summary>
    /// <exception cref="JournalException">That stream is damaged.</exception>
    public static async Task<IReadOnlyList<LogKey>> KeysOfAsync(IJournal journal, CancellationToken cancellationToken)
    {
        var keys = new LogKeys(journal, new LoomStreams(journal, TimeProvider.System));
        await keys.CatchUpAsync(cancellationToken).ConfigureAwait(false);
        return keys.All;
    }

    /// <summary>Number of leaves.</summary>
    public long Size => _index.Size;

    /// <summary>From 1; one more after each accepted rollback.</summary>
    public long Epoch => Volatile.Read(ref _epoch);

    /// <summary>What the log is doing and what is wrong.</summary>
    public LogHealth Health => new(State, _findings.All, Volatile.Read(ref _lag));

    /// <summary>The newest checkpoint whose leaves are all here, so that proofs under it can be given; null before the first.</summary>
    public SignedNote? LatestCheckpoint => Volatile.Read(ref _covered)?.Note;

    private LogState State
    {
        get => (LogState)_state;
        set => _state = (int)value;
    }

    /// <summary>
    /// Reads the log, looks for a rollback, and registers the key at first start. A rollback is a state (<see cref="Health"/>), not an exception.
    /// </summary>
    /// <exception cref="JournalException">The log's streams are damaged, or the key is not this log's.</exception>
    public static async Task<TransparencyLog> OpenAsync(IJournal journal, TransparencyLogOptions options, CancellationToken cancellationToken)
    {
        if (!SignedNote.IsName(options.Origin))
        {
            throw new ArgumentException($"'{options.Origin}' cannot name a log: 1 to 200 characters without spaces, control characters or '+'.", nameof(options));
        }

        var log = new TransparencyLog(journal, options);
        await log.LoadAsync(cancellationToken).ConfigureAwait(false);
        return log;
    }

    /// <summary>
    /// The leaf of the transition that holds this revision; null when it has none (yet). A search in memory: the tree and this index together
    /// cost about 34 + 16 to 32 bytes a leaf and some 250 a stream, that is 0.5 to 0.7 GB at ten million leaves.
    /// </summary>
    public long? IndexOf(StreamName stream, long revision) => _index.IndexOf(stream, revision);

    /// <summary>Root of the first <paramref name="size"/> leaves.</summary>
    public Digest Root(long size) => _index.Root(size);

    /// <summary>Proof that a leaf is in the tree of this size.</summary>
    public IReadOnlyList<Digest> InclusionProof(long index, long size) => _index.InclusionProof(index, size);

    /// <summary>Proof that one tree begins with the other.</summary>
    public IReadOnlyList<Digest> ConsistencyProof(long from, long to) => _index.ConsistencyProof(from, to);

    /// <summary>Leaves in their order.</summary>
    public async IAsyncEnumerable<LogEntry> EntriesAsync(long from, long count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var left = Math.Min(count, Size - from);
        if (left <= 0)
        {
            yield break;
        }

        await foreach (var e in _journal.ReadStreamAsync(LoomStreams.Log, Direction.Forwards, _index.BatchOf(from), long.MaxValue, cancellationToken)
                           .ConfigureAwait(false))
        {
            foreach (var entry in LogBatch.Decode(e).Entries)
            {
                if (entry.Index >= from)
                {
                    yield return entry;
                    if (--left == 0)
                    {
                        yield break;
                    }
                }
            }
        }
    }

    /// <summary>Checkpoints, newest first, from revision <paramref name="from"/> of <c>loom.checkpoints</c> (<see cref="long.MaxValue"/>: the newest).</summary>
    public IAsyncEnumerable<CheckpointInfo> CheckpointsAsync(long from, long count, CancellationToken cancellationToken) =>
        _checkpoints.NewestFirstAsync(from, count, cancellationToken);

    /// <summary>The checkpoint of exactly this size; null when none was signed, or not all of its leaves are here yet.</summary>
    public async Task<SignedNote?> CheckpointAtAsync(long size, CancellationToken cancellationToken) =>
        size <= Size && await _checkpoints.FirstFromAsync(size, cancellationToken).ConfigureAwait(false) is { } found && found.Checkpoint.Size == size ? found.Note : null;

    /// <summary>All keys of the log with the sizes that each signs, oldest first.</summary>
    public async Task<IReadOnlyList<LogKey>> KeysAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _keys.CatchUpAsync(cancellationToken).ConfigureAwait(false);
            var keys = _keys.All.ToArray();
            for (var i = 0; i < keys.Length; i++)
            {
                if (keys[i].ToSize is { } successor)
                {
                    var overlap = await _checkpoints.FirstFromAsync(successor, cancellationToken).ConfigureAwait(false);
                    keys[i] = keys[i] with { ToSize = overlap?.Checkpoint.Size };
                }
            }

            return keys;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The configured witnesses that cosigned a note, and when each says it did.</summary>
    public IReadOnlyList<(Witness Witness, DateTimeOffset At)> WitnessedBy(SignedNote note)
    {
        var found = new List<(Witness, DateTimeOffset)>();
        foreach (var witness in _options.Witnesses)
        {
            if (witness.CosignedAt(note) is { } at)
            {
                found.Add((witness, at));
            }
        }

        return found;
    }

    /// <summary>Lets go; whatever was not yet added is added after the next opening.</summary>
    public ValueTask DisposeAsync()
    {
        _http?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        await _checkpoints.CatchUpAsync(cancellationToken).ConfigureAwait(false);
        await _builder.CatchUpAsync(cancellationToken).ConfigureAwait(false);
        ShowCheckpoint();
        await _keys.CatchUpAsync(cancellationToken).ConfigureAwait(false);
        await LoadRefusalsAsync(cancellationToken).ConfigureAwait(false);
        _epoch = _checkpoints.Latest?.Checkpoint.Epoch ?? 1;
        if (await FindRollbackAsync(cancellationToken).ConfigureAwait(false) is { } reason)
        {
            State = LogState.RollbackDetected;
            _findings.Set(LogSubject, $"{reason} The journal was restored, rolled back or exchanged. It is served for reading only; look into it, then run: loom journal accept-rollback");
            return;
        }

        State = _signer is null ? LogState.Following : LogState.Building;
        if (_signer is { } signer)
        {
            await _keys.EnsureAsync(signer, Size, cancellationToken).ConfigureAwait(false);
            await _builder.FindStartAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // Called by one at a time.
    private void ShowCheckpoint()
    {
        if (_checkpoints.Latest is { } latest && latest.Checkpoint.Size <= Size)
        {
            Volatile.Write(ref _covered, latest);
        }
    }

    private async Task LoadRefusalsAsync(CancellationToken cancellationToken)
    {
        var type = LoomStreams.TypeOf(LoomStreams.Audit, LogFindings.RefusedAct);
        await foreach (var e in _journal.ReadStreamAsync(LoomStreams.Audit, Direction.Forwards, 0, long.MaxValue, cancellationToken).ConfigureAwait(false))
        {
            if (e.Type != type)
            {
                continue;
            }

            using var body = JsonDocument.Parse(e.Data);
            var stream = StreamName.Parse(body.RootElement.GetProperty("stream").GetString()!);
            var revision = body.RootElement.GetProperty("revision").GetInt64();
            _builder.Refuse(stream);
            _findings.Set(stream.Value, LogFindings.Refused(stream, revision, body.RootElement.GetProperty("reason").GetString()!));
        }
    }

    private async Task RecordRefusalAsync(RecordedEvent e, string reason, CancellationToken cancellationToken)
    {
        _findings.Set(e.Stream.Value, LogFindings.Refused(e.Stream, e.Revision, reason));
        var body = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"reason\":{JsonSerializer.Serialize(reason)},\"revision\":{e.Revision},\"stream\":{JsonSerializer.Serialize(e.Stream.Value)}}}"));
        try
        {
            var id = UuidV5.DerivedCommand(string.Create(CultureInfo.InvariantCulture, $"{LogFindings.RefusedAct}\n{e.Stream.Value}\n{e.Revision}"));
            await _streams.AppendAsync(LoomStreams.Audit, LogFindings.RefusedAct, body, "loom:runtime", id, cancellationToken).ConfigureAwait(false);
        }
        catch (FormatException ex)
        {
            // The audit stream is itself what was tampered with: the finding is all that can be said.
            _findings.Set(LoomStreams.Audit.Value, $"Refused links cannot be recorded: {ex.Message} Compare the journal with a backup.");
        }
    }
}
