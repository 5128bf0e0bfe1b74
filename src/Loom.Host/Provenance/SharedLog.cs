using System.Security.Cryptography;
using Loom.Core;
using Loom.Journal;
using Loom.Journal.Keys;
using Loom.Journal.Log;

namespace Loom.Hosting.Provenance;

/// <summary>
/// The log of a journal that other hosts may share. A host with the file of its key builds it like the others (they lose nothing but work to
/// each other); one without follows. The first host ever makes the key.
/// </summary>
internal static class SharedLog
{
    private const int LooksForOrigin = 50;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

    public static async Task<LogService> OpenAsync(HostParts parts, LogKeyRing ring, CancellationToken cancellationToken)
    {
        while (true)
        {
            var known = await TransparencyLog.KeysOfAsync(parts.Journal, cancellationToken);
            var own = await ring.OpenKeysAsync(createFirst: known.Count == 0, cancellationToken);
            var signer = Choose(known, own);
            foreach (var other in own.Where(k => k != signer))
            {
                other.Dispose();
            }

            var origin = await OriginAsync(parts, known.Count > 0 ? known[0].PublicKey : signer!.PublicKey, known.Count > 0, cancellationToken);
            try
            {
                return new LogService(await ring.OpenLogAsync(parts.Journal, origin, signer, cancellationToken), signer, origin, ring);
            }
            catch (JournalException e) when (e.Failure == JournalFailure.Refused && signer is not null)
            {
                signer.Dispose();
                if ((await TransparencyLog.KeysOfAsync(parts.Journal, cancellationToken)).Count == known.Count)
                {
                    throw; // Not because another host was faster.
                }
            }
        }
    }

    // After a revocation the next key is one that the log does not know yet.
    private static EcdsaSigner? Choose(IReadOnlyList<LogKey> known, IReadOnlyList<EcdsaSigner> own) => known switch
    {
        [] => own[0],
        [.., { RevokedAfter: null } current] => own.FirstOrDefault(k => k.PublicKey.Span.SequenceEqual(current.PublicKey.Span)),
        _ => own.FirstOrDefault(k => known.All(other => !other.PublicKey.Span.SequenceEqual(k.PublicKey.Span))),
    };

    // All hosts have to call the log the same: as its checkpoints do, and before the first of them as its first key says.
    private static async Task<string> OriginAsync(HostParts parts, ReadOnlyMemory<byte> firstKey, bool hasBegun, CancellationToken cancellationToken)
    {
        if (parts.Settings.Now.Text("log.origin") is { Length: > 0 } given)
        {
            return given;
        }

        for (var look = 0; look < (hasBegun ? LooksForOrigin : 1); look++)
        {
            if (await TransparencyLog.OriginOfAsync(parts.Journal, cancellationToken) is { } said)
            {
                return said;
            }

            if (hasBegun)
            {
                await Task.Delay(BetweenLooks, TimeProvider.System, cancellationToken);
            }
        }

        return $"loom/{Convert.ToHexStringLower(SHA256.HashData(firstKey.Span))[..12]}";
    }
}
