using Loom.Core;

namespace Loom.Journal.Log;

/// <content>Adding leaves and signing checkpoints.</content>
public sealed partial class TransparencyLog
{
    private const string KeySubject = "loom.keys";
    private const string JournalSubject = "journal";
    private const string FileSubject = "checkpoint file";
    private const string PublishSubject = "log.publish";

    /// <summary>Builds until cancelled. A journal that fails meanwhile is a finding, and tried again.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerMillisecond, _options.CheckpointEvery.Ticks / 4));
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await StepAsync(cancellationToken).ConfigureAwait(false);
                await PublishAsync(cancellationToken).ConfigureAwait(false);
                _findings.Clear(JournalSubject);
                await Task.Delay(pause, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
            }
            catch (JournalException e)
            {
                _findings.Set(JournalSubject, $"The log cannot grow: {e.Message}");
                await Task.Delay(pause, _options.TimeProvider, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>
    /// Returns a checkpoint that covers everything durable now; waits where one was signed less than <see cref="TransparencyLogOptions.CheckpointEvery"/> ago.
    /// </summary>
    /// <exception cref="JournalException">This host does not build (no key, revoked key, rollback not accepted), or the journal fails.</exception>
    public async Task<Checkpointed> FlushAsync(CancellationToken cancellationToken)
    {
        var target = await _journal.LastPositionAsync(cancellationToken).ConfigureAwait(false) ?? 0;
        long? size = null;
        while (true)
        {
            await StepAsync(cancellationToken).ConfigureAwait(false);
            RequireBuilding();
            size ??= _builder.Next > target ? Size : null;
            if (size is { } covered && Covers(covered) && Volatile.Read(ref _covered) is { Checkpoint: var shown } latest
                && shown.Size >= covered && (shown.Epoch ?? 1) >= Epoch)
            {
                await PublishAsync(cancellationToken).ConfigureAwait(false);
                return new Checkpointed(latest.Checkpoint.Size, latest.Checkpoint.Root, latest.Note);
            }

            await Task.Delay(UntilDue(), _options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Goes over to another key: an event in <c>loom.keys</c> signed by the old one, then a checkpoint signed by both. From then on the host
    /// has to open the log with <paramref name="next"/>.
    /// </summary>
    /// <exception cref="JournalException">Not building, or <paramref name="next"/> was a key of this log before.</exception>
    public async Task RotateAsync(ISigner next, string principal, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            RequireBuilding();
            await _builder.AddAsync(cancellationToken).ConfigureAwait(false);
            await _keys.RotateAsync(_signer!, next, Size, principal, cancellationToken).ConfigureAwait(false);
            (_previousSigner, _signer) = (_signer, next);
        }
        finally
        {
            _gate.Release();
        }

        await FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Declares that checkpoints by this key beyond a size are not to be believed. Revoking the key in use ends building until a new key is given.</summary>
    /// <exception cref="JournalException">No such key, or not building.</exception>
    public async Task RevokeAsync(string keyId, long afterSize, string principal, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterSize);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            RequireBuilding();
            await _keys.RevokeAsync(keyId, afterSize, principal, cancellationToken).ConfigureAwait(false);
            CheckKey();
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task StepAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (State == LogState.Following)
            {
                await _checkpoints.CatchUpAsync(cancellationToken).ConfigureAwait(false);
                await _builder.CatchUpAsync(cancellationToken).ConfigureAwait(false); // the leaves of that checkpoint, and what came since
                AdoptEpoch();
            }
            else if (State == LogState.Building)
            {
                await _builder.AddAsync(cancellationToken).ConfigureAwait(false);
                await _checkpoints.CatchUpAsync(cancellationToken).ConfigureAwait(false);
                AdoptEpoch();
                var last = await _journal.LastPositionAsync(cancellationToken).ConfigureAwait(false) ?? 0;
                Volatile.Write(ref _lag, last >= _builder.Next ? last - _builder.Next + 1 : 0);
                if (UntilDue() == TimeSpan.Zero)
                {
                    await SignAsync(cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            ShowCheckpoint();
            _gate.Release();
        }
    }

    private async Task SignAsync(CancellationToken cancellationToken)
    {
        await _keys.CatchUpAsync(cancellationToken).ConfigureAwait(false);
        var size = Size;
        while (CheckKey() && !Covers(size))
        {
            var checkpoint = Checkpoint.Of(_options.Origin, size, _index.Root(size), Epoch);
            var signers = _previousSigner is { } previous ? new[] { previous, _signer! } : [_signer!];
            var note = SignedNote.Sign(checkpoint.Format(), _options.Origin, signers);
            if (await _checkpoints.TryAppendAsync(checkpoint, note, _options.TimeProvider.GetUtcNow(), cancellationToken).ConfigureAwait(false))
            {
                _previousSigner = null;
                _signedAt = _options.TimeProvider.GetTimestamp();
                _toPublish = note;
                await KeepAsync(FileSubject, _options.CheckpointFile, note, cancellationToken).ConfigureAwait(false);
                return;
            }

            await _checkpoints.CatchUpAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _toPublish, null) is not { } note || _options.PublishTo is not { } target)
        {
            return;
        }

        if (!OutsideCheckpoint.IsWeb(target, out var address))
        {
            await KeepAsync(PublishSubject, target, note, cancellationToken).ConfigureAwait(false);
            return;
        }

        try
        {
            await OutsideCheckpoint.PutAsync((_options.Http ?? _http)!, address!, note, cancellationToken).ConfigureAwait(false);
            _findings.Clear(PublishSubject);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException)
        {
            _findings.Set(PublishSubject, $"The checkpoint could not be sent to {address!.GetLeftPart(UriPartial.Path)}: {e.Message} It is tried again with the next one.");
        }
    }

    private async Task KeepAsync(string subject, string? path, SignedNote note, CancellationToken cancellationToken)
    {
        if (path is null)
        {
            return;
        }

        try
        {
            await OutsideCheckpoint.WriteAsync(path, note, cancellationToken).ConfigureAwait(false);
            _findings.Clear(subject);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _findings.Set(subject, $"The checkpoint could not be written to {path}: {e.Message} Until it can, a rollback may go unseen.");
        }
    }

    private bool CheckKey()
    {
        var current = _keys.Current!;
        if (current.KeyId == LogKeys.IdOf(_signer!) && current.RevokedAfter is null)
        {
            _findings.Clear(KeySubject);
            return true;
        }

        _findings.Set(
            KeySubject,
            current.RevokedAfter is null
                ? $"The log's key is {current.KeyId} now. Give this host its file."
                : $"The log's key {current.KeyId} was revoked; no checkpoint is signed. Start this host with a new key file.");
        return false;
    }

    private void RequireBuilding()
    {
        if (State == LogState.Building && _findings.All.All(f => f.Subject != KeySubject))
        {
            return;
        }

        var reason = State == LogState.Following ? "This host has no key of the log. Ask the host that has it." : string.Join(" ", _findings.All.Select(f => f.Problem));
        throw new JournalException(JournalFailure.ReadOnly, $"No checkpoint can be signed here. {reason}");
    }

    /// <summary>Whether the newest checkpoint is of this epoch and has at least this many leaves.</summary>
    private bool Covers(long size) =>
        _checkpoints.Latest is { Checkpoint: var latest } ? latest.Size >= size && (latest.Epoch ?? 1) >= Epoch : size == 0;

    private void AdoptEpoch() => Volatile.Write(ref _epoch, Math.Max(_epoch, _checkpoints.Latest?.Checkpoint.Epoch ?? 1));

    private TimeSpan UntilDue()
    {
        var left = _signedAt is { } at ? _options.CheckpointEvery - _options.TimeProvider.GetElapsedTime(at) : TimeSpan.Zero;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
