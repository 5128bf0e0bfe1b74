using Loom.Core;
using Loom.Journal.Blobs;

namespace Loom.Runtime;

/// <summary>A command's body as it could be had.</summary>
/// <param name="Bytes">The body; null when it could not be had.</param>
/// <param name="Code">Null, or <c>command-blob-missing</c>, <c>command-blob-wrong</c>, <c>command-blob-unavailable</c>, <c>command-hidden</c>.</param>
/// <param name="Problem">Why it could not be had, with the remedy; else null.</param>
public sealed record CommandBody(ReadOnlyMemory<byte>? Bytes, string? Code = null, string? Problem = null);

/// <summary>
/// Gives the bodies of journaled commands, from the metadata or from the blob that it names, checked against the link's digest. A blob that is
/// missing or wrong is a finding, never an exception. Thread-safe.
/// </summary>
/// <param name="blobs">Where bodies above 32 KiB are; null when there is no such place.</param>
public sealed class CommandBodies(IBlobStore? blobs)
{
    /// <summary>The body of a transition's command.</summary>
    public ValueTask<CommandBody> ReadAsync(Transition transition, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transition);
        return ReadAsync(transition.Link, transition.Opening, cancellationToken);
    }

    /// <summary>The body of a link's command.</summary>
    public async ValueTask<CommandBody> ReadAsync(Link link, Opening opening, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(link);
        ArgumentNullException.ThrowIfNull(opening);
        if (opening.Command is { } inline)
        {
            return new CommandBody(inline);
        }

        if (opening.CommandBlob is not { } content)
        {
            return new CommandBody(null, "command-hidden", "The command's body is hidden or encrypted.");
        }

        var name = new BlobName(BlobAreas.Commands, content);
        try
        {
            if (blobs is null || await blobs.GetAsync(name, cancellationToken) is not { } body)
            {
                return new CommandBody(null, "command-blob-missing", $"The blob {name} with the command's body is missing. Put it back from a backup ('loom blob put').");
            }

            return opening.PartSalt(Salts.Command) is { } salt && Salts.DigestOf(salt, body.Span) == link.Command.Digest
                ? new CommandBody(body)
                : new CommandBody(null, "command-blob-wrong", $"The blob {name} does not open the link's digest of the command: the event's metadata names another blob than the one that was decided on.");
        }
        catch (BlobException e)
        {
            return new CommandBody(null, e.Failure is BlobFailure.WrongContent or BlobFailure.TooLarge ? "command-blob-wrong" : "command-blob-unavailable", e.Message);
        }
    }

    /// <summary>The same for whoever cannot go on without it, such as loading a machine that re-executes its commands.</summary>
    /// <exception cref="HistoryException">The body cannot be had; its code is the finding's.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> LoadAsync(Link link, Opening opening, CancellationToken cancellationToken)
    {
        var body = await ReadAsync(link, opening, cancellationToken);
        return body.Bytes ?? throw new HistoryException(link.Stream, link.Revision, body.Code!, body.Problem!);
    }
}
