using Loom.Core;

namespace Loom.Provenance.Receipts;

/// <summary>The checks that bind a receipt to a link, in the order in which they are made.</summary>
public enum LinkReceiptCheck
{
    /// <summary>The link was decided by a module, on a command.</summary>
    Kind,

    /// <summary>The receipt can be read.</summary>
    Form,

    /// <summary>The input and the output came with the receipt.</summary>
    Frames,

    /// <summary>The trust file names the image id for the link's module.</summary>
    TrustedImage,

    /// <summary>The image is there.</summary>
    Image,

    /// <summary>The image is of the link's module.</summary>
    Module,

    /// <summary>The run returned normally.</summary>
    ExitCode,

    /// <summary>The input is one frame of ABI v1.</summary>
    InputFrame,

    /// <summary>The input's state opens <c>from</c>; at birth it is empty.</summary>
    StateBefore,

    /// <summary>The input's command opens the digest of the command.</summary>
    Command,

    /// <summary>The input's context is the one that follows from the link.</summary>
    Context,

    /// <summary>The output is one frame of ABI v1, with events.</summary>
    OutputFrame,

    /// <summary>The module accepted the command.</summary>
    Status,

    /// <summary>The output's state opens <c>to</c>.</summary>
    StateAfter,

    /// <summary>The output has as many events as the link.</summary>
    EventCount,

    /// <summary>An event's type is the link's.</summary>
    EventType,

    /// <summary>An event's canonical bytes open its digest.</summary>
    EventData,

    /// <summary>The trust file accepts the parameter set.</summary>
    TrustedSet,

    /// <summary>The proof itself.</summary>
    Seal,
}

/// <summary>What is needed to judge the receipt of one transition.</summary>
public sealed record LinkReceiptRequest
{
    /// <summary>The transition's link.</summary>
    public required Link Link { get; init; }

    /// <summary>What opens its digests.</summary>
    public required Opening Opening { get; init; }

    /// <summary>The part salt <c>to</c> of the transition before; null at birth, or when it is not disclosed.</summary>
    public required ReadOnlyMemory<byte>? SaltBefore { get; init; }

    /// <summary>The images that the caller trusts.</summary>
    public required IReadOnlyList<TrustedImage> Trusted { get; init; }

    /// <summary>The image's bytes; null when they are not at hand.</summary>
    public required ReadOnlyMemory<byte>? Image { get; init; }

    /// <summary>The receipt, with input and output attached.</summary>
    public required ReadOnlyMemory<byte> Receipt { get; init; }
}

/// <summary>Whether a receipt proves a transition.</summary>
public sealed record LinkReceiptResult
{
    /// <summary>The check that the receipt does not pass; null when it proves the transition.</summary>
    public LinkReceiptCheck? Failed { get; init; }

    /// <summary>Why, as the end of a sentence; empty when it proves the transition.</summary>
    public string Reason { get; init; } = string.Empty;

    /// <summary>Whether there is only too little trust or too few bytes to judge by: that is no suspicion.</summary>
    public bool IsNotCovered => Failed is LinkReceiptCheck.Kind or LinkReceiptCheck.Frames or LinkReceiptCheck.TrustedImage or LinkReceiptCheck.Image or LinkReceiptCheck.TrustedSet;

    /// <summary>The image id; null when the receipt could not be read.</summary>
    public Digest? Image { get; init; }

    /// <summary>The proof's own result; null when it was not looked at.</summary>
    public ReceiptResult? Seal { get; init; }

    /// <summary>The state that the module gave; empty unless the transition is proven.</summary>
    public ReadOnlyMemory<byte> State { get; init; }
}
