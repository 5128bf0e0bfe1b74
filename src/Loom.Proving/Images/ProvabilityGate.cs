using Loom.Core;
using Loom.Journal;
using Loom.Journal.Blobs;
using Loom.Runtime;

namespace Loom.Proving;

/// <summary>
/// Refuses modules of actor types that are to be proven when the translator does, so that this comes out at registration and not weeks
/// later. The image ids of those that it lets in are registered with them.
/// </summary>
/// <param name="policies">The policies, as they are now.</param>
/// <param name="prover">Runs the translator.</param>
/// <param name="images">Where image ids are registered.</param>
public sealed class ProvabilityGate(Func<ProofPolicies> policies, IProver prover, ImageRegistry images) : IModuleGate
{
    internal const string NotProvable = "module-not-provable";

    /// <inheritdoc/>
    public async Task<ModuleFinding?> JudgeAsync(ModuleManifest manifest, ReadOnlyMemory<byte> module, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var policy = policies().Of(manifest.ActorType);
        if (policy.Mode == ProofMode.Never)
        {
            return null;
        }

        try
        {
            await images.EnsureAsync(prover, Digest.Of(module.Span), _ => Task.FromResult(module), cancellationToken);
            return null;
        }
        catch (ProverException e)
        {
            return e.Failure == ProverFailure.Refused
                ? new ModuleFinding(NotProvable, true, $"The proof policy of '{manifest.ActorType}' is {policy}, and this module could not be proven: {e.Message}")
                : new ModuleFinding(
                    "prover-unavailable", true,
                    $"The proof policy of '{manifest.ActorType}' is {policy}, and no prover can say whether this module could be proven: {e.Message} Start one, or set the policy to never.");
        }
        catch (Exception e) when (e is BlobException or JournalException)
        {
            return new ModuleFinding("image-not-stored", true, $"The module's image cannot be registered: {e.Message}");
        }
    }
}
