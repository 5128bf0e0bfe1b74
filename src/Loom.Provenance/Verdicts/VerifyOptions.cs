using Loom.Core;

namespace Loom.Provenance;

/// <summary>What the auditor brings beside the trust file.</summary>
public sealed record VerifyOptions
{
    /// <summary>The declared time of evaluation.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>A checkpoint that the auditor saw earlier; makes <see cref="Claim.Consistent"/> a required claim. Null when none is brought.</summary>
    public SignedNote? Seen { get; init; }

    /// <summary>How the earlier checkpoint is called in the report, for example its file name.</summary>
    public string? SeenName { get; init; }

    /// <summary>What running journaled commands again may take, where the bundle has the modules.</summary>
    public ReplayOptions Replay { get; init; } = ReplayOptions.Default;

    /// <summary>Bounds on reading.</summary>
    public BundleLimits Limits { get; init; } = BundleLimits.Default;
}
