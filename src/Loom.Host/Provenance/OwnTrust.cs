using Loom.Hosting.Proofs;
using Loom.Provenance;

namespace Loom.Hosting.Provenance;

/// <summary>What an auditor has to be given by this host: the log's keys with their sizes, and the image ids of modules.</summary>
internal sealed class OwnTrust(LogService log, ReceiptArchive receipts)
{
    public async Task<TrustRoot> ReadAsync(CancellationToken cancellationToken) =>
        await log.TrustAsync(cancellationToken) with { Images = await receipts.TrustedAsync(cancellationToken) };
}
