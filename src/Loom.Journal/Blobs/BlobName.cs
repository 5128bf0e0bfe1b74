using System.Diagnostics.CodeAnalysis;
using Loom.Core;

namespace Loom.Journal.Blobs;

/// <summary>
/// A blob's name, written <c>AREA/SHA256</c>: the area says what it is for (and who may be thinned out when), the hash is that of its
/// content. An area is 1 to 4 parts of lower-case letters, digits, <c>.</c>, <c>_</c> and <c>-</c>, separated by <c>/</c>.
/// </summary>
public readonly record struct BlobName : IComparable<BlobName>
{
    private const int MaxParts = 4;
    private const int MaxPart = 64;

    /// <summary>A name of an area and a hash.</summary>
    /// <exception cref="FormatException">The area has another form.</exception>
    public BlobName(string area, Digest content)
    {
        Area = IsArea(area) ? area : throw new FormatException($"'{Shorten(area)}' is no area of blobs: 1 to {MaxParts} parts of a-z, 0-9, '.', '_' and '-', each of 1 to {MaxPart} characters that begins and ends with a letter or digit, separated by '/'.");
        Content = content;
    }

    /// <summary>The area.</summary>
    public string Area { get; }

    /// <summary>SHA-256 of the content.</summary>
    public Digest Content { get; }

    /// <summary>The name of some content in an area.</summary>
    public static BlobName Of(string area, ReadOnlySpan<byte> content) => new(area, Digest.Of(content));

    /// <summary>Reads <c>AREA/SHA256</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out BlobName name)
    {
        name = default;
        var slash = text?.LastIndexOf('/') ?? -1;
        if (slash <= 0 || !IsArea(text![..slash]) || !Digest.TryParse(text[(slash + 1)..], out var content))
        {
            return false;
        }

        name = new BlobName(text[..slash], content);
        return true;
    }

    /// <summary>Whether the text is an area.</summary>
    public static bool IsArea([NotNullWhen(true)] string? text)
    {
        var parts = text?.Split('/', MaxParts + 1);
        return parts is { Length: >= 1 and <= MaxParts } && Array.TrueForAll(parts, IsPart);
    }

    /// <summary><c>AREA/SHA256</c>.</summary>
    public override string ToString() => $"{Area}/{Content}";

    /// <summary>By area, then by hash.</summary>
    public int CompareTo(BlobName other) =>
        string.CompareOrdinal(Area, other.Area) is var c and not 0 ? c : Content.CompareTo(other.Content);

    // One form on every file system: no upper case, nothing that a path could read as something else.
    private static bool IsPart(string part) =>
        part.Length is >= 1 and <= MaxPart
        && !part.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789._-")
        && char.IsAsciiLetterOrDigit(part[0]) && char.IsAsciiLetterOrDigit(part[^1]);

    private static string Shorten(string? text) => text is null ? "null" : text.Length > 60 ? text[..60] + "…" : text;
}

/// <summary>The areas that Loom itself keeps blobs in.</summary>
public static class BlobAreas
{
    /// <summary>Bodies of commands above 32 KiB; links' <c>open.commandBlob</c> names them.</summary>
    public const string Commands = "commands";

    /// <summary>The bytes of registered modules; <c>loom.modules</c> names them.</summary>
    public const string Modules = "modules";

    /// <summary>What activities keep beside their results.</summary>
    public const string Activities = "activities";

    /// <summary>Receipts without attachments; <c>loom.receipts-STREAM</c> names them.</summary>
    public const string Receipts = "receipts";

    /// <summary>Inputs and outputs of proven transitions (frames of ABI v1), named by the digests in the statement.</summary>
    public const string Frames = "frames";

    /// <summary>What provers commit to for modules; <c>loom.modules</c> names them.</summary>
    public const string Images = "images";
}
