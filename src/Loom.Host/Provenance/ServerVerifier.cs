using Loom.Provenance;
using Loom.Core;

namespace Loom.Hosting.Provenance;

/// <summary>Verifies bundles in this process, a few at a time. Only as believable as this server: <c>loom verify</c> is for who does not believe it.</summary>
internal sealed class ServerVerifier(TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _lanes = new(2, 2);

    public async Task<VerificationReport> VerifyAsync(Stream bundle, TrustRoot trust, SignedNote? seen, long maxBytes, CancellationToken cancellationToken)
    {
        await _lanes.WaitAsync(cancellationToken);
        try
        {
            var options = new VerifyOptions
            {
                At = time.GetUtcNow(),
                Seen = seen,
                SeenName = seen is null ? null : "the checkpoint sent along",
                Replay = ReplayOptions.Default with { TimeLimit = TimeSpan.FromSeconds(60) },
                Limits = BundleLimits.Default with { MaxBytes = Math.Min(maxBytes, BundleLimits.Default.MaxBytes) },
            };
            return await Task.Run(() => BundleVerifier.Verify(bundle, trust, options, cancellationToken), cancellationToken);
        }
        finally
        {
            _lanes.Release();
        }
    }

    public void Dispose() => _lanes.Dispose();
}
