using Loom.Core;

namespace Loom.Provenance;

/// <summary>A checkpoint together with the note that carries its signatures.</summary>
internal sealed record Checkpointed(SignedNote Note, Checkpoint Checkpoint)
{
    public string Origin => Checkpoint.Origin;

    public long Size => Checkpoint.Size;

    public Digest Root => Checkpoint.Root;

    /// <summary>0 when the checkpoint names none.</summary>
    public long Epoch => Checkpoint.Epoch ?? 0;

    /// <exception cref="FormatException">The text is no signed checkpoint.</exception>
    public static Checkpointed Parse(string text) =>
        SignedNote.TryParse(text, out var note) && Checkpoint.TryParse(note.Text, out var checkpoint)
            ? new Checkpointed(note, checkpoint)
            : throw new FormatException("It is no signed checkpoint (C2SP signed note with origin, size and root).");

    /// <summary>Whether the link is the log's leaf at this index.</summary>
    public bool Includes(Digest link, long index, IReadOnlyList<Digest> proof) =>
        Merkle.VerifyInclusion(Merkle.LeafHash(link), index, Size, proof, Root);

    /// <summary>Whether the note has a line that claims to be by this key.</summary>
    public bool NamesKey(TrustedLogKey key)
    {
        var id = NoteKeys.Ecdsa(key.PublicKey);
        return key.Name == Origin && Note.Signatures.Any(s => s.KeyId == id && s.Name == key.Name);
    }

    /// <summary>Whether a line by this key verifies.</summary>
    public bool IsSignedBy(TrustedLogKey key) => key.Name == Origin && Note.IsSignedBy(key.Name, key.PublicKey);
}
