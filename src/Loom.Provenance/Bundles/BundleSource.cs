using Loom.Core;

namespace Loom.Provenance;

/// <summary>What an export leaves out. Links, revisions, types and times always stay.</summary>
[Flags]
public enum BundleHide
{
    /// <summary>Nothing is hidden.</summary>
    None = 0,

    /// <summary>The bodies of events, and with them the states.</summary>
    Data = 1,

    /// <summary>The bodies of commands, and with them the states.</summary>
    Commands = 2,
}

/// <summary>Everything that goes into a bundle, as pure data: reading the journal and the log is the host's part.</summary>
public sealed record BundleSource
{
    /// <summary>The streams; any order, each once.</summary>
    public required IReadOnlyList<BundleStream> Streams { get; init; }

    /// <summary>The signed checkpoint (a C2SP note) that all links are included under. It gives origin, tree size and root.</summary>
    public required string CheckpointNote { get; init; }

    /// <summary>Consistency proofs from earlier tree sizes to this one, for auditors who hold an earlier checkpoint; any order.</summary>
    public IReadOnlyList<BundleConsistency> Consistency { get; init; } = [];

    /// <summary>The bodies of the commands that the streams keep as blobs, by SHA-256; further ones are left out.</summary>
    public IReadOnlyDictionary<Digest, ReadOnlyMemory<byte>> CommandBlobs { get; init; } = new Dictionary<Digest, ReadOnlyMemory<byte>>();

    /// <summary>The modules that the streams' links name, by SHA-256; further ones are left out, and all of them where something is hidden.</summary>
    public IReadOnlyDictionary<Digest, ReadOnlyMemory<byte>> Modules { get; init; } = new Dictionary<Digest, ReadOnlyMemory<byte>>();

    /// <summary>The images that the receipts name, by image id; further ones are left out.</summary>
    public IReadOnlyDictionary<Digest, ReadOnlyMemory<byte>> Images { get; init; } = new Dictionary<Digest, ReadOnlyMemory<byte>>();

    /// <summary>What to leave out.</summary>
    public BundleHide Hide { get; init; }
}

/// <summary>One stream, or a range of it that ends at its head (within the tree size).</summary>
public sealed record BundleStream
{
    /// <summary>The stream's name.</summary>
    public required StreamName Name { get; init; }

    /// <summary>The events from the first revision of the range to the head, in order; whole transitions only. Enumerated once.</summary>
    public required IEnumerable<RecordedEvent> Events { get; init; }

    /// <summary>Where each transition's link is in the log, in order; one per transition.</summary>
    public required IReadOnlyList<BundleLeaf> Leaves { get; init; }

    /// <summary>
    /// The receipts of transitions, each with its input and output attached, by the revision of the transition's first event. Those of other
    /// revisions are left out, and all of them where something is hidden: a statement holds unsalted digests of whole frames. They are asked for
    /// one at a time, several times, so that the dictionary may read them from where they lie.
    /// </summary>
    public IReadOnlyDictionary<long, ReadOnlyMemory<byte>> Receipts { get; init; } = new Dictionary<long, ReadOnlyMemory<byte>>();

    /// <summary>The state at the head; null when it cannot be had (erased).</summary>
    public BundleState? Head { get; init; }

    /// <summary>The state before the range when it starts above revision 0; else null.</summary>
    public BundleState? Before { get; init; }
}

/// <summary>A state, and the salt that opens its digest.</summary>
/// <param name="Bytes">The state's bytes.</param>
/// <param name="PartSalt">The part salt with the label <c>to</c> of the transition that made the state.</param>
public sealed record BundleState(ReadOnlyMemory<byte> Bytes, ReadOnlyMemory<byte> PartSalt);

/// <summary>A link's place in the log.</summary>
/// <param name="Index">The leaf's index, from 0.</param>
/// <param name="Proof">Its RFC 6962 inclusion proof under the checkpoint.</param>
public sealed record BundleLeaf(long Index, IReadOnlyList<Digest> Proof);

/// <summary>A consistency proof from an earlier size of the tree.</summary>
/// <param name="Size">The earlier size, at least 1.</param>
/// <param name="Proof">The RFC 6962 consistency proof to the bundle's size.</param>
public sealed record BundleConsistency(long Size, IReadOnlyList<Digest> Proof);
