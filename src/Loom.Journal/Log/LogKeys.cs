using System.Buffers;
using System.Text.Json;
using Loom.Core;

namespace Loom.Journal.Log;

/// <summary>A key of the log, valid for a range of tree sizes.</summary>
/// <param name="KeyId">Its id in signature lines, eight hex digits.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="PublicKey">SPKI DER.</param>
/// <param name="FromSize">The smallest size of a checkpoint that it signs.</param>
/// <param name="ToSize">The largest one, which its successor signed too; null while it is in use.</param>
/// <param name="RevokedAfter">Checkpoints beyond this size are not to be believed; null when it was not revoked.</param>
public sealed record LogKey(string KeyId, string Name, ReadOnlyMemory<byte> PublicKey, long FromSize, long? ToSize, long? RevokedAfter);

/// <summary>The stream <c>loom.keys</c>: which key signs which sizes.</summary>
internal sealed class LogKeys(IJournal journal, LoomStreams streams)
{
    private const string Registered = "registered";
    private const string Rotated = "rotated";
    private const string Revoked = "revoked";
    private const string Runtime = "loom:runtime";

    private readonly List<LogKey> _keys = [];
    private Link? _last;
    private long _read = -1;

    /// <summary>What a rotation's signature by the old key is over, before the canonical body without <c>signature</c>.</summary>
    public static ReadOnlySpan<byte> RotationDomain => "loom.key-rotation.v1\n"u8;

    /// <summary>All keys, oldest first; <see cref="LogKey.ToSize"/> is where the successor begins, not yet where both signed.</summary>
    public IReadOnlyList<LogKey> All => [.. _keys];

    /// <summary>The newest key.</summary>
    public LogKey? Current => _keys.Count == 0 ? null : _keys[^1];

    public static string IdOf(ISigner signer) => NoteKeys.Text(NoteKeys.Ecdsa(signer.PublicKey.Span));

    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        await foreach (var e in journal.ReadStreamAsync(LoomStreams.Keys, Direction.Forwards, _read + 1, long.MaxValue, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                _last = TransitionReader.ReadLink(e);
                Apply(e);
            }
            catch (Exception ex) when (ex is FormatException or JsonException or InvalidOperationException or KeyNotFoundException)
            {
                throw new JournalException(JournalFailure.Corrupt, $"loom.keys at revision {e.Revision} is damaged: {ex.Message} Restore the journal from a backup.", ex);
            }

            _read = e.Revision;
        }
    }

    /// <summary>Registers the first key, or the one after a revoked key; anything else than the newest key is refused.</summary>
    public async Task EnsureAsync(ISigner signer, long size, CancellationToken cancellationToken)
    {
        while (true)
        {
            await CatchUpAsync(cancellationToken).ConfigureAwait(false);
            var id = IdOf(signer);
            if (Current is { RevokedAfter: null } current)
            {
                if (current.KeyId == id)
                {
                    return;
                }

                throw new JournalException(
                    JournalFailure.Refused,
                    _keys.Any(k => k.KeyId == id)
                        ? $"The log's key {id} was followed by {current.KeyId}. Give this host the file of {current.KeyId}."
                        : $"This log is signed by the key {current.KeyId}; {id} is not registered. Give this host the file of {current.KeyId}, or rotate to {id} with it.");
            }

            if (_keys.Any(k => k.KeyId == id))
            {
                throw new JournalException(JournalFailure.Refused, $"The log's key {id} was revoked. Make a new key file.");
            }

            var body = Body(Current is null ? 0 : size + 1, id, signer, previous: null, signature: null);
            if (await streams.TryAppendAsync(LoomStreams.Keys, _last, Registered, body, Runtime, null, cancellationToken).ConfigureAwait(false) is not null)
            {
                await CatchUpAsync(cancellationToken).ConfigureAwait(false);
                return;
            }
        }
    }

    public async Task RotateAsync(ISigner old, ISigner next, long size, string principal, CancellationToken cancellationToken)
    {
        await CatchUpAsync(cancellationToken).ConfigureAwait(false);
        var (from, id) = (IdOf(old), IdOf(next));
        if (Current?.KeyId != from || Current.RevokedAfter is not null || _keys.Any(k => k.KeyId == id))
        {
            throw new JournalException(JournalFailure.Refused, $"The key {from} cannot be followed by {id}: it is not the log's key now, or {id} was one before. Make a new key file.");
        }

        byte[] toSign = [.. RotationDomain, .. Body(size + 1, id, next, from, signature: null)];
        var body = Body(size + 1, id, next, from, Convert.ToBase64String(old.Sign(toSign)));
        if (await streams.TryAppendAsync(LoomStreams.Keys, _last, Rotated, body, principal, null, cancellationToken).ConfigureAwait(false) is null)
        {
            throw new JournalException(JournalFailure.Refused, "Somebody else changed the log's keys at the same time. Look at them, and try again.");
        }

        await CatchUpAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task RevokeAsync(string keyId, long afterSize, string principal, CancellationToken cancellationToken)
    {
        await CatchUpAsync(cancellationToken).ConfigureAwait(false);
        if (!_keys.Any(k => k.KeyId == keyId))
        {
            throw new JournalException(JournalFailure.Refused, $"The log has no key {keyId}. It has {string.Join(", ", _keys.Select(k => k.KeyId))}.");
        }

        var buffer = new ArrayBufferWriter<byte>();
        var json = new CanonicalJsonWriter(buffer);
        json.StartObject();
        json.Name("afterSize");
        json.Integer(afterSize);
        json.Name("keyId");
        json.String(keyId);
        json.EndObject();
        await streams.AppendAsync(LoomStreams.Keys, Revoked, buffer.WrittenMemory, principal, null, cancellationToken).ConfigureAwait(false);
        await CatchUpAsync(cancellationToken).ConfigureAwait(false);
    }

    private void Apply(RecordedEvent e)
    {
        using var document = JsonDocument.Parse(e.Data);
        var body = document.RootElement;
        var id = body.GetProperty("keyId").GetString()!;
        if (e.Type == LoomStreams.TypeOf(LoomStreams.Keys, Revoked))
        {
            var after = body.GetProperty("afterSize").GetInt64();
            var at = _keys.FindIndex(k => k.KeyId == id);
            _keys[at] = _keys[at] with { RevokedAfter = Math.Min(after, _keys[at].RevokedAfter ?? after) };
            return;
        }

        var key = body.GetProperty("publicKey").GetBytesFromBase64();
        if (!EcdsaP256.IsPublicKey(key) || NoteKeys.Text(NoteKeys.Ecdsa(key)) != id)
        {
            throw new FormatException($"the key {id} is none.");
        }

        var next = new LogKey(id, body.GetProperty("name").GetString()!, key, body.GetProperty("fromSize").GetInt64(), null, null);
        if (e.Type == LoomStreams.TypeOf(LoomStreams.Keys, Rotated))
        {
            var old = Current ?? throw new FormatException("a rotation without a key before it.");
            var text = body.GetProperty("signature").GetBytesFromBase64();
            byte[] signed = [.. RotationDomain, .. Body(next.FromSize, id, next.Name, key, old.KeyId, null)];
            if (body.GetProperty("previous").GetString() != old.KeyId || !EcdsaP256.Verify(old.PublicKey.Span, signed, text))
            {
                throw new FormatException($"the rotation to {id} is not signed by {old.KeyId}.");
            }

            _keys[^1] = old with { ToSize = next.FromSize };
        }

        _keys.Add(next);
    }

    private static byte[] Body(long fromSize, string id, ISigner signer, string? previous, string? signature) =>
        Body(fromSize, id, signer.Name, signer.PublicKey.Span, previous, signature);

    private static byte[] Body(long fromSize, string id, string name, ReadOnlySpan<byte> key, string? previous, string? signature)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var json = new CanonicalJsonWriter(buffer);
        json.StartObject();
        json.Name("fromSize");
        json.Integer(fromSize);
        json.Name("keyId");
        json.String(id);
        json.Name("name");
        json.String(name);
        if (previous is not null)
        {
            json.Name("previous");
            json.String(previous);
        }

        json.Name("publicKey");
        json.String(Convert.ToBase64String(key));
        if (signature is not null)
        {
            json.Name("signature");
            json.String(signature);
        }

        json.EndObject();
        return buffer.WrittenSpan.ToArray();
    }
}
