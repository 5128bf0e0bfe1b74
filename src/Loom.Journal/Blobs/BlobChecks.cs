using Loom.Core;

namespace Loom.Journal.Blobs;

/// <summary>What every store checks, and says in the same words.</summary>
public static class BlobChecks
{
    /// <summary>Largest blob where nothing else is configured.</summary>
    public const int DefaultMaxBytes = 64 << 20;

    /// <summary>Most blobs of one page of a listing.</summary>
    public const int MaxPage = 1000;

    /// <summary>Refuses content that is too large or has another hash than its name.</summary>
    /// <exception cref="BlobException">It does not fit its name.</exception>
    public static void Put(BlobName name, ReadOnlySpan<byte> content, int maxBytes)
    {
        if (content.Length > maxBytes)
        {
            throw TooLarge(name, content.Length, maxBytes);
        }

        if (Digest.Of(content) is var actual && actual != name.Content)
        {
            throw new BlobException(BlobFailure.WrongContent, $"The content given for the blob {name} has the SHA-256 {actual}. Nothing was stored; give the content that the name is about.");
        }
    }

    /// <summary>Refuses stored bytes that are not what their name says.</summary>
    /// <exception cref="BlobException">They are something else.</exception>
    public static void Got(BlobName name, ReadOnlySpan<byte> content, string place)
    {
        if (Digest.Of(content) is var actual && actual != name.Content)
        {
            throw new BlobException(
                BlobFailure.WrongContent, $"What is stored as the blob {name} ({place}) has the SHA-256 {actual}: it was changed or damaged. Put the right content again, from a backup.");
        }
    }

    /// <summary>The failure of a blob above the limit.</summary>
    public static BlobException TooLarge(BlobName name, long length, int maxBytes) =>
        new(BlobFailure.TooLarge, $"The blob {name} has {length} bytes; at most {maxBytes} are taken.");

    /// <summary>The length of a page: 1 to <see cref="MaxPage"/>.</summary>
    public static int Page(int limit) => Math.Clamp(limit, 1, MaxPage);
}
