using System.Globalization;
using System.Text;
using Loom.Core;

namespace Loom.Journal.Log;

/// <content>Finding and accepting a journal that lacks what was signed before.</content>
public sealed partial class TransparencyLog
{
    private long _outsideEpoch;

    /// <summary>
    /// Takes the journal as it is: journals the fact, and starts a new epoch whose first checkpoint replaces the one kept outside.
    /// </summary>
    /// <exception cref="JournalException">There is no rollback to accept, or this host has no key of the log.</exception>
    public async Task<Checkpointed> AcceptRollbackAsync(string principal, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (State != LogState.RollbackDetected || _signer is null)
            {
                throw new JournalException(
                    JournalFailure.Refused,
                    _signer is null ? "This host has no key of the log. Accept the rollback where it is." : "The journal holds every checkpoint that is known here: there is nothing to accept.");
            }

            var epoch = Math.Max(Epoch, _outsideEpoch) + 1;
            await _keys.EnsureAsync(_signer, Size, cancellationToken).ConfigureAwait(false);
            var body = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"epoch\":{epoch},\"size\":{Size}}}"));
            await _streams.AppendAsync(LoomStreams.Audit, "rollbackAccepted", body, principal, null, cancellationToken).ConfigureAwait(false);
            await _builder.FindStartAsync(cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _epoch, epoch);
            _findings.Clear(LogSubject);
            State = LogState.Building;
        }
        finally
        {
            _gate.Release();
        }

        return await FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<string?> FindRollbackAsync(CancellationToken cancellationToken)
    {
        // Another host may have built on since the log was read: a checkpoint is compared with what is there after it.
        await _builder.CatchUpAsync(cancellationToken).ConfigureAwait(false);
        if (_checkpoints.Latest is { } latest && Lacks(latest.Note) is { } reason)
        {
            return $"loom.checkpoints at revision {latest.Revision}: {reason}";
        }

        foreach (var path in new[] { _options.CheckpointFile, _options.PublishTo })
        {
            if (path is null || OutsideCheckpoint.IsWeb(path, out _))
            {
                continue;
            }

            try
            {
                if (await OutsideCheckpoint.ReadAsync(path, cancellationToken).ConfigureAwait(false) is { } note)
                {
                    await _builder.CatchUpAsync(cancellationToken).ConfigureAwait(false);
                    if (Lacks(note) is { } missing)
                    {
                        return $"{path}: {missing}";
                    }
                }
            }
            catch (FormatException e)
            {
                return e.Message;
            }
        }

        return null;
    }

    /// <summary>Why the journal does not contain a checkpoint; null when it does, or when its epoch was given up before.</summary>
    private string? Lacks(SignedNote note)
    {
        if (!Checkpoint.TryParse(note.Text, out var checkpoint))
        {
            return "it is no checkpoint.";
        }

        if (checkpoint.Origin != _options.Origin)
        {
            return $"it is a checkpoint of {checkpoint.Origin}, and this log is {_options.Origin}.";
        }

        _outsideEpoch = Math.Max(_outsideEpoch, checkpoint.Epoch ?? 1);
        if (checkpoint.Epoch < Epoch)
        {
            return null;
        }

        if (checkpoint.Epoch > Epoch)
        {
            return $"it is of epoch {checkpoint.Epoch}, and the journal knows {Epoch}.";
        }

        if (checkpoint.Size > Size)
        {
            return $"it has {checkpoint.Size} leaves, and the journal {Size}.";
        }

        if (_index.Root(checkpoint.Size) != checkpoint.Root)
        {
            return $"the first {checkpoint.Size} leaves of the journal have another root.";
        }

        return _keys.All.Any(k => note.IsSignedBy(_options.Origin, k.PublicKey.Span)) ? null : "no key of this log signed it.";
    }
}
