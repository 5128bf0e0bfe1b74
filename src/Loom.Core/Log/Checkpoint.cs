using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Loom.Core;

/// <summary>
/// A tree head as the text that a log signs (C2SP tlog-checkpoint): origin, size, root in base64, then extension lines, each ending in a newline.
/// </summary>
/// <param name="Origin">Names the log; also the name on its signature lines.</param>
/// <param name="Size">Number of leaves.</param>
/// <param name="Root">Root over them.</param>
/// <param name="Extensions">Further lines, not empty; Loom's holds the epoch.</param>
public sealed record Checkpoint(string Origin, long Size, Digest Root, IReadOnlyList<string> Extensions)
{
    /// <summary>What Loom's epoch line begins with.</summary>
    public const string EpochPrefix = "loom-epoch ";

    private const int MaxExtensions = 16;

    /// <summary>A checkpoint of Loom's log in an epoch.</summary>
    public static Checkpoint Of(string origin, long size, Digest root, long epoch) =>
        new(origin, size, root, [string.Create(CultureInfo.InvariantCulture, $"{EpochPrefix}{epoch}")]);

    /// <summary>The log's epoch (from 1), or null when no line says one.</summary>
    public long? Epoch
    {
        get
        {
            foreach (var line in Extensions)
            {
                if (line.StartsWith(EpochPrefix, StringComparison.Ordinal) && TryDecimal(line[EpochPrefix.Length..], out var epoch) && epoch > 0)
                {
                    return epoch;
                }
            }

            return null;
        }
    }

    /// <summary>The text to sign.</summary>
    public string Format()
    {
        var text = new StringBuilder()
            .Append(Origin).Append('\n')
            .Append(Size.ToString(CultureInfo.InvariantCulture)).Append('\n')
            .Append(Convert.ToBase64String(Root.ToArray())).Append('\n');
        foreach (var line in Extensions)
        {
            text.Append(line).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Reads the text of a note; only what <see cref="Format"/> writes is accepted.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Checkpoint? checkpoint)
    {
        checkpoint = null;
        if (text is not { Length: > 0 and <= SignedNote.MaxBytes } || text[^1] != '\n')
        {
            return false;
        }

        var lines = text[..^1].Split('\n', MaxExtensions + 4);
        if (lines.Length is < 3 or > MaxExtensions + 3
            || !SignedNote.IsName(lines[0])
            || !TryDecimal(lines[1], out var size)
            || !TryRoot(lines[2], out var root)
            || lines.Any(line => line.Length == 0))
        {
            return false;
        }

        checkpoint = new Checkpoint(lines[0], size, root, lines[3..]);
        return true;
    }

    /// <summary>The same origin, size, root and lines.</summary>
    public bool Equals(Checkpoint? other) =>
        other is not null && Origin == other.Origin && Size == other.Size && Root == other.Root && Extensions.SequenceEqual(other.Extensions);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Origin, Size, Root);

    private static bool TryDecimal(string text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value.ToString(CultureInfo.InvariantCulture) == text;

    private static bool TryRoot(string text, out Digest root)
    {
        Span<byte> bytes = stackalloc byte[Digest.Size];
        var ok = text.Length == 44 && Convert.TryFromBase64String(text, bytes, out var written) && written == Digest.Size
            && Convert.ToBase64String(bytes) == text;
        root = ok ? new Digest(bytes) : default;
        return ok;
    }
}
