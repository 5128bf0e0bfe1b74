using System.Text;
using Loom.Core;
using Loom.Hosting.Problems;
using Loom.Hosting.Proofs;
using Loom.Journal;
using Loom.Journal.Log;
using Loom.Provenance;
using Loom.Runtime;

namespace Loom.Hosting.Provenance;

/// <summary>A finished bundle. Disposing the content deletes its file.</summary>
internal sealed record ExportedBundle(Stream Content, long TreeSize, string FileName);

/// <summary>Gathers what a bundle holds from the journal and the log, and has it written to a temporary file.</summary>
internal sealed class BundleExporter(IJournal journal, ActorHistory history, ActorTypes types, LogService log, DataFolder data, CommandBodies bodies, ModuleRegistry modules,
    ReceiptArchive receipts) : IDisposable
{
    private const int ConsistencyProofs = 32, CheckpointsLookedAt = 10_000;
    private const long MaxCommandBytes = 256L << 20;

    // Of two exports of the same content at the same time, the second uses the signature of the first.
    private readonly SemaphoreSlim[] _envelopes = [.. Enumerable.Range(0, 16).Select(_ => new SemaphoreSlim(1, 1))];

    public void Dispose() => Array.ForEach(_envelopes, e => e.Dispose());

    /// <exception cref="RefusedException">An actor does not exist, or no checkpoint covers it at that size.</exception>
    public async Task<ExportedBundle> ExportAsync(IReadOnlyList<ActorId> actors, BundleHide hide, long? atSize, CancellationToken cancellationToken)
    {
        if (log.Signer is not { } signer)
        {
            throw new RefusedException(new Refusal(
                409, "no-log-key", "This host has no key of the journal's log, and a bundle is signed with it. Ask a host that has one, or give this one the key files (log.keyFolder)."));
        }

        var note = await CheckpointAsync(atSize, cancellationToken);
        var size = Checkpoint.TryParse(note.Text, out var checkpoint) ? checkpoint.Size : throw new InvalidDataException("The log's own checkpoint cannot be read.");
        var streams = new List<BundleStream>();
        var named = new Dictionary<Digest, ReadOnlyMemory<byte>>();
        var images = new Dictionary<Digest, ReadOnlyMemory<byte>>();
        using var spool = new ReceiptSpool(data.Uploads);
        var commands = hide.HasFlag(BundleHide.Commands) ? null : new Dictionary<Digest, ReadOnlyMemory<byte>>();
        foreach (var actor in actors)
        {
            var stream = await StreamAsync(actor, size, atSize is null, commands, hide == BundleHide.None ? named : null, cancellationToken);
            streams.Add(hide != BundleHide.None ? stream : stream with
            {
                Receipts = await receipts.ReceiptsOfAsync(actor.Stream, (name, revision) => log.Log.IndexOf(name, revision) is { } index && index < size, images, spool, cancellationToken),
            });
        }

        var source = new BundleSource
        {
            Streams = streams,
            CheckpointNote = note.Format(),
            Hide = hide,
            CommandBlobs = commands ?? [],
            Modules = named,
            Images = images,
            Consistency = await ConsistencyAsync(size, cancellationToken),
        };
        var name = actors.Count == 1 ? actors[0].ToString() : $"{actors.Count}-actors";
        return new ExportedBundle(await WriteAsync(source, signer, EnvelopeFile(actors, hide, note), cancellationToken), size, $"{name.Replace(':', '_')}-at-{size}.loom");
    }

    // Without a size everything durable now is to be in it; that may wait a second for its checkpoint.
    private async Task<SignedNote> CheckpointAsync(long? atSize, CancellationToken cancellationToken)
    {
        if (atSize is { } size)
        {
            return await log.Log.CheckpointAtAsync(size, cancellationToken)
                ?? throw new RefusedException(new Refusal(409, "no-checkpoint", $"No checkpoint has tree size {size}; GET /api/log/checkpoints lists those there are."));
        }

        return log.Log.Health.State == LogState.Building ? (await log.Log.FlushAsync(cancellationToken)).Note
            : log.Log.LatestCheckpoint ?? throw new RefusedException(new Refusal(409, "no-checkpoint", "The log has no checkpoint yet."));
    }

    private async Task<BundleStream> StreamAsync(
        ActorId actor, long size, bool latest, Dictionary<Digest, ReadOnlyMemory<byte>>? commands, Dictionary<Digest, ReadOnlyMemory<byte>>? named, CancellationToken cancellationToken)
    {
        var events = new List<RecordedEvent>();
        var leaves = new List<BundleLeaf>();
        await foreach (var transition in history.ReadAsync(actor, 0, cancellationToken))
        {
            if (log.Log.IndexOf(actor.Stream, transition.Link.Revision) is not { } index || index >= size)
            {
                break;
            }

            await AddCommandAsync(transition, commands, cancellationToken);
            await AddModuleAsync(transition.Link, named, cancellationToken);
            events.AddRange(transition.Events);
            leaves.Add(new BundleLeaf(index, log.Log.InclusionProof(index, size)));
        }

        if (events.Count == 0)
        {
            throw new RefusedException(await journal.LastRevisionAsync(actor.Stream, cancellationToken) < 0
                ? new Refusal(404, "unknown-actor", $"There is no {actor}.")
                : new Refusal(409, "no-checkpoint", $"No link of {actor} is within tree size {size}{(latest ? "; look at GET /api/log for what keeps the log from growing" : "")}."));
        }

        return new BundleStream { Name = actor.Stream, Events = events, Leaves = leaves, Head = await StateAsync(actor, events[^1].Revision, cancellationToken) };
    }

    // A module that is gone must not keep the history from being exported: the verdict says what is missing.
    private async Task AddModuleAsync(Link link, Dictionary<Digest, ReadOnlyMemory<byte>>? named, CancellationToken cancellationToken)
    {
        if (named is null || modules.Find(link.Machine) is not { } module || named.ContainsKey(module.Hash))
        {
            return;
        }

        try
        {
            named[module.Hash] = await modules.ReadAsync(module, cancellationToken);
        }
        catch (HistoryException)
        {
        }
    }

    // An auditor has nothing but the bundle: a body that the journal only names has to travel in it.
    private async Task AddCommandAsync(Transition transition, Dictionary<Digest, ReadOnlyMemory<byte>>? commands, CancellationToken cancellationToken)
    {
        if (commands is null || transition.Opening.CommandBlob is not { } content || commands.ContainsKey(content))
        {
            return;
        }

        var body = await bodies.ReadAsync(transition, cancellationToken);
        commands[content] = body.Bytes ?? throw new RefusedException(new Refusal(
            409, body.Code!, $"{transition.Link.Stream} at revision {transition.Link.Revision}: {body.Problem} Or leave commands out of the bundle."));
        if (commands.Values.Sum(c => (long)c.Length) > MaxCommandBytes)
        {
            throw new RefusedException(new Refusal(409, "too-large", $"The commands' bodies have more than {MaxCommandBytes} bytes together. Export fewer actors at once, or leave commands out of the bundle."));
        }
    }

    private async Task<BundleState?> StateAsync(ActorId actor, long revision, CancellationToken cancellationToken) =>
        types.TryGet(actor.Type, out _) && await history.ReplayAsync(actor, revision, cancellationToken) is { Matches: true } state
            ? new BundleState(state.State, state.Salt)
            : null;

    // From the sizes that auditors are likeliest to have: the checkpoints before this one.
    private async Task<List<BundleConsistency>> ConsistencyAsync(long size, CancellationToken cancellationToken)
    {
        var proofs = new List<BundleConsistency>();
        long before = size;
        await foreach (var info in log.Log.CheckpointsAsync(long.MaxValue, CheckpointsLookedAt, cancellationToken))
        {
            if (info.Checkpoint.Size < before && info.Checkpoint.Size > 0 && (info.Checkpoint.Epoch ?? 1) == log.Log.Epoch)
            {
                before = info.Checkpoint.Size;
                proofs.Add(new BundleConsistency(before, log.Log.ConsistencyProof(before, size)));
                if (proofs.Count == ConsistencyProofs)
                {
                    break;
                }
            }
        }

        return proofs;
    }

    private async Task<Stream> WriteAsync(BundleSource source, ISigner signer, string envelopeFile, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(data.Uploads);
        var envelopes = _envelopes[(int)((uint)StringComparer.Ordinal.GetHashCode(envelopeFile) % (uint)_envelopes.Length)];
        await envelopes.WaitAsync(cancellationToken);
        FileStream? file = null;
        try
        {
            file = new FileStream(
                Path.Combine(data.Uploads, Guid.CreateVersion7().ToString("N")), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 64 * 1024,
                FileOptions.DeleteOnClose | FileOptions.Asynchronous);

            // The signature of an earlier export of the same content is used again: an equal bundle is equal to the last byte.
            byte[]? cached = File.Exists(envelopeFile) ? await File.ReadAllBytesAsync(envelopeFile, cancellationToken) : null;
            var envelope = await Task.Run(() => BundleWriter.Write(source, signer, file, cached), cancellationToken);
            if (cached is null || !cached.AsSpan().SequenceEqual(envelope))
            {
                Directory.CreateDirectory(data.Envelopes);
                Access.Tokens.PrivateFile.Write(envelopeFile, envelope);
            }

            file.Position = 0;
            return file;
        }
        catch
        {
            await (file?.DisposeAsync() ?? default);
            throw;
        }
        finally
        {
            envelopes.Release();
        }
    }

    private string EnvelopeFile(IReadOnlyList<ActorId> actors, BundleHide hide, SignedNote note)
    {
        var key = Digest.Of(Encoding.UTF8.GetBytes($"{string.Join('\n', actors.Select(a => a.ToString()).Order(StringComparer.Ordinal))}\n{hide}\n{note.Text}")).ToString();
        return Path.Combine(data.Envelopes, key);
    }
}
