using Loom.Hosting.Configuration;
using Loom.Hosting.Problems;

namespace Loom.Hosting.Api;

/// <summary>How much long or heavy work the host takes at one time, over the API and the console together.</summary>
internal sealed class RequestPlaces(LiveSettings settings)
{
    /// <summary>Followers of the tail.</summary>
    public Places Tails { get; } = new(
        (int)settings.Now.Integer("limits.tails"), $"{settings.Now.Integer("limits.tails")} callers follow the events already (limits.tails).");

    /// <summary>Bundles being verified, uploads included.</summary>
    public Places Verifications { get; } = new(8, "The server verifies 8 bundles already; ask again in a moment, or verify with loom verify, which needs no server.");

    /// <summary>Bundles being written.</summary>
    public Places Exports { get; } = new(8, "The server writes 8 bundles already; ask again in a moment.");

    /// <summary>Modules being looked at, uploads included.</summary>
    public Places Modules { get; } = new(4, "4 modules are being looked at already; ask again in a moment.");

    /// <summary>Imports from the first byte of the upload to the last step.</summary>
    public Places Imports { get; } = new(4, "4 imports are under way already; ask again when one is done.");
}
