using System.Runtime.CompilerServices;
using Loom.Core;

namespace Loom.Journal.Blobs;

/// <summary>Reads the blobs that a journal names, and says what is wrong with those that cannot be had.</summary>
internal static class NamedBlobs
{
    /// <summary>Why the body of a command cannot be had; null and the content when it can.</summary>
    public static async Task<(ReadOnlyMemory<byte>? Content, string? Problem)> CommandAsync(
        IBlobStore? store, Digest content, IReadOnlyList<CommandNaming> namings, CancellationToken cancellationToken)
    {
        var name = new BlobName(BlobAreas.Commands, content);
        try
        {
            if (store is null || await store.GetAsync(name, cancellationToken) is not { } bytes)
            {
                return (null, $"it is missing, and {namings[0].Place} names it as its command's body");
            }

            foreach (var naming in namings)
            {
                if (naming.Salt is { } salt && Salts.DigestOf(salt, bytes.Span) != naming.Command)
                {
                    return (null, $"it does not open the digest of the command of {naming.Place}, which names it");
                }
            }

            return (bytes, null);
        }
        catch (BlobException e)
        {
            return (null, $"{namings[0].Place} names it as its command's body, and it cannot be had: {e.Message}");
        }
    }

    /// <summary>Every blob that the journal names: bodies of commands (null content and a problem where one cannot be had), and others that are stored.</summary>
    public static async IAsyncEnumerable<(BlobName Name, ReadOnlyMemory<byte>? Content, string? Problem)> ReadAsync(
        IBlobStore? store, BlobNaming naming, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (content, namings) in naming.Commands.OrderBy(c => c.Key))
        {
            var (bytes, problem) = await CommandAsync(store, content, namings, cancellationToken);
            yield return (new BlobName(BlobAreas.Commands, content), bytes, problem);
        }

        if (store is null || naming.Mentioned.Count == 0)
        {
            yield break;
        }

        await foreach (var blob in store.AllAsync("", cancellationToken))
        {
            if (blob.Name.Area != BlobAreas.Commands && naming.Mentioned.Contains(blob.Name.Content))
            {
                var (bytes, problem) = await OtherAsync(store, blob.Name, cancellationToken);
                yield return (blob.Name, bytes, problem);
            }
        }
    }

    /// <summary>A blob that some event mentions; one that is gone since is no finding.</summary>
    public static async Task<(ReadOnlyMemory<byte>? Content, string? Problem)> OtherAsync(IBlobStore store, BlobName name, CancellationToken cancellationToken)
    {
        try
        {
            return (await store.GetAsync(name, cancellationToken), null);
        }
        catch (BlobException e)
        {
            return (null, e.Message);
        }
    }
}
