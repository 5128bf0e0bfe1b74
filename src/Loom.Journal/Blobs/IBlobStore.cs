namespace Loom.Journal.Blobs;

/// <summary>A stored blob, without its content.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Stored">When it was put last, by the store's clock.</param>
public sealed record BlobInfo(BlobName Name, long Length, DateTimeOffset Stored);

/// <summary>
/// Content kept under its SHA-256. Obligations on an implementation (the contract suite tests them by these numbers): 1 a blob is
/// durable when the put returns, and whole or absent whatever happens; 2 content that does not match its hash is refused, on put and on
/// get; 3 putting what is there already is no error, repairs it where it is damaged, and renews its age; 4 a listing yields each blob
/// of its area once, by hash; 5 no blob above <see cref="MaxBytes"/> is taken or given. Thread-safe.
/// </summary>
public interface IBlobStore
{
    /// <summary>Largest blob.</summary>
    int MaxBytes { get; }

    /// <summary>Keeps the content; durable when it returns.</summary>
    /// <exception cref="BlobException">The content has another hash or is too large, or the store cannot take it now.</exception>
    Task PutAsync(BlobName name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>The content; null when there is none. What comes back has the hash of its name.</summary>
    /// <exception cref="BlobException">What is stored there is something else, or the store cannot be read now.</exception>
    Task<ReadOnlyMemory<byte>?> GetAsync(BlobName name, CancellationToken cancellationToken);

    /// <summary>Whether it is there, how large and since when; the content is not looked at. Null when it is not there.</summary>
    /// <exception cref="BlobException">The store cannot be read now.</exception>
    Task<BlobInfo?> FindAsync(BlobName name, CancellationToken cancellationToken);

    /// <summary>The areas that hold a blob and whose text begins so, in order.</summary>
    /// <exception cref="BlobException">The store cannot be read now.</exception>
    Task<IReadOnlyList<string>> ListAreasAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>At most <paramref name="limit"/> blobs of one area after a hash (null: from the first), by hash.</summary>
    /// <exception cref="BlobException">The store cannot be read now.</exception>
    Task<IReadOnlyList<BlobInfo>> ListAsync(string area, Core.Digest? after, int limit, CancellationToken cancellationToken);

    /// <summary>Removes a blob; false when it was not there. Only for who knows that nothing names it.</summary>
    /// <exception cref="BlobException">The store cannot be written now.</exception>
    Task<bool> DeleteAsync(BlobName name, CancellationToken cancellationToken);
}

/// <summary>Why a blob store could not do what was asked.</summary>
public enum BlobFailure
{
    /// <summary>The content has not the hash that its name says.</summary>
    WrongContent,

    /// <summary>It is larger than the store takes.</summary>
    TooLarge,

    /// <summary>No space is left.</summary>
    Full,

    /// <summary>The store cannot be reached, read or written now.</summary>
    Unavailable,

    /// <summary>The store does not let this process in.</summary>
    Forbidden,
}

/// <summary>A blob store's refusal or failure. The message names the blob, the reason and the remedy.</summary>
public sealed class BlobException : Exception
{
    /// <summary>Makes one.</summary>
    public BlobException(BlobFailure failure, string message, Exception? inner = null)
        : base(message, inner) => Failure = failure;

    /// <summary>The kind of failure.</summary>
    public BlobFailure Failure { get; }
}
