using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Loom.Core;

/// <summary>One signature line of a note.</summary>
/// <param name="Name">The key's name.</param>
/// <param name="KeyId">The key's id: the four bytes before the signature, big-endian (see <see cref="NoteKeys"/>).</param>
/// <param name="Signature">The signature's bytes.</param>
public sealed record NoteSignature(string Name, uint KeyId, ReadOnlyMemory<byte> Signature);

/// <summary>
/// A C2SP signed note: text that ends in a newline, an empty line, then lines <c>— NAME BASE64(key id ‖ signature)</c>.
/// Reading checks the form only; <see cref="IsSignedBy"/> and <see cref="Witness"/> check signatures. A line by an unknown key is no error.
/// </summary>
/// <param name="Text">What is signed, with its final newline.</param>
/// <param name="Signatures">The signature lines, at least one.</param>
public sealed record SignedNote(string Text, IReadOnlyList<NoteSignature> Signatures)
{
    /// <summary>Largest accepted note.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Most signature lines.</summary>
    public const int MaxSignatures = 64;

    private const string LineStart = "\u2014 ";
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Signs the text with each signer, all under one name (a checkpoint's origin).</summary>
    public static SignedNote Sign(string text, string name, params ReadOnlySpan<ISigner> signers)
    {
        if (!IsName(name))
        {
            throw new ArgumentException($"'{name}' is no name of a note's key: 1 to 200 characters without spaces, control characters or '+'.", nameof(name));
        }

        var data = Encoding.UTF8.GetBytes(text);
        var signatures = new List<NoteSignature>();
        foreach (var signer in signers)
        {
            signatures.Add(new NoteSignature(name, NoteKeys.Ecdsa(signer.PublicKey.Span), signer.Sign(data)));
        }

        return new SignedNote(text, signatures);
    }

    /// <summary>Whether a line with this name and this P-256 key's id verifies (signature type 0x02).</summary>
    public bool IsSignedBy(string name, ReadOnlySpan<byte> publicKey)
    {
        var id = NoteKeys.Ecdsa(publicKey);
        foreach (var line in Signatures)
        {
            if (line.KeyId == id && line.Name == name && EcdsaP256.Verify(publicKey, Encoding.UTF8.GetBytes(Text), line.Signature.Span))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The note as it is stored and sent.</summary>
    public string Format()
    {
        var note = new StringBuilder(Text).Append('\n');
        foreach (var line in Signatures)
        {
            var bytes = new byte[4 + line.Signature.Length];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes, line.KeyId);
            line.Signature.Span.CopyTo(bytes.AsSpan(4));
            note.Append(LineStart).Append(line.Name).Append(' ').Append(Convert.ToBase64String(bytes)).Append('\n');
        }

        return note.ToString();
    }

    /// <summary>Reads UTF-8 bytes; see <see cref="TryParse(string?, out SignedNote?)"/>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out SignedNote? note)
    {
        note = null;
        if (utf8.Length > MaxBytes)
        {
            return false;
        }

        try
        {
            return TryParse(Strict.GetString(utf8), out note);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>Reads a note; only what <see cref="Format"/> writes is accepted, within the limits above.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out SignedNote? note)
    {
        note = null;
        if (text is not { Length: > 0 and <= MaxBytes } || text[^1] != '\n' || text.Any(c => c is < ' ' and not '\n' or '\u007f' || char.IsSurrogate(c)))
        {
            return false;
        }

        // The signatures follow the last empty line: the text may hold others.
        var split = text.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0)
        {
            return false;
        }

        var lines = text[(split + 2)..^Math.Min(1, text.Length - split - 2)].Split('\n', MaxSignatures + 1);
        if (lines.Length > MaxSignatures)
        {
            return false;
        }

        var signatures = new List<NoteSignature>(lines.Length);
        foreach (var line in lines)
        {
            if (!TryParseLine(line, out var signature))
            {
                return false;
            }

            signatures.Add(signature);
        }

        note = new SignedNote(text[..(split + 1)], signatures);
        return true;
    }

    /// <summary>Whether the text may name a key, and be a checkpoint's origin.</summary>
    public static bool IsName([NotNullWhen(true)] string? name) =>
        name is { Length: > 0 and <= 200 } && !name.Any(c => c == '+' || char.IsWhiteSpace(c) || char.IsControl(c) || char.IsSurrogate(c));

    private static bool TryParseLine(string line, [NotNullWhen(true)] out NoteSignature? signature)
    {
        signature = null;
        if (!line.StartsWith(LineStart, StringComparison.Ordinal))
        {
            return false;
        }

        var space = line.IndexOf(' ', LineStart.Length);
        if (space < 0 || !IsName(line[LineStart.Length..space]))
        {
            return false;
        }

        var base64 = line[(space + 1)..];
        var bytes = new byte[(base64.Length / 4 * 3) + 3];
        if (!Convert.TryFromBase64String(base64, bytes, out var length) || length < 5 || Convert.ToBase64String(bytes, 0, length) != base64)
        {
            return false;
        }

        var id = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes);
        signature = new NoteSignature(line[LineStart.Length..space], id, bytes.AsMemory(4, length - 4));
        return true;
    }
}
