namespace Loom.Core;

/// <summary>
/// What opens a transition's digests, as its last event's metadata carries it. Exactly one of three shapes: whole
/// (<see cref="Salt"/>, and the command's bytes or their blob), partly hidden (<see cref="PartSalts"/>), or encrypted (<see cref="Box"/>).
/// </summary>
public sealed record Opening
{
    /// <summary>The transition salt; null when parts are hidden or the opening is encrypted.</summary>
    public byte[]? Salt { get; init; }

    /// <summary>The disclosed parts' salts by label; null unless parts are hidden.</summary>
    public IReadOnlyDictionary<string, byte[]>? PartSalts { get; init; }

    /// <summary>The command's body; null when it is a blob, hidden or encrypted.</summary>
    public byte[]? Command { get; init; }

    /// <summary>SHA-256 of the command's body when it is kept as a blob.</summary>
    public Digest? CommandBlob { get; init; }

    /// <summary>The encrypted opening (nonce ‖ ciphertext ‖ tag); null when it is in clear.</summary>
    public byte[]? Box { get; init; }

    /// <summary>The salt of one part, or null when it is not disclosed.</summary>
    public byte[]? PartSalt(string label) =>
        Salt is { } salt ? Salts.Part(salt, label) : PartSalts?.GetValueOrDefault(label);
}

/// <summary>Everything one command did to one actor: the events of one atomic append, their link and what opens it.</summary>
/// <param name="Link">The entry in the hash chain.</param>
/// <param name="Events">The stored events, <c>Link.Count</c> of them, in order.</param>
/// <param name="Opening">What opens the link's digests.</param>
public sealed record Transition(Link Link, IReadOnlyList<RecordedEvent> Events, Opening Opening);
