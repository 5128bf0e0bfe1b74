using System.Collections.Concurrent;
using Loom.Core;
using Loom.EventStoreDb.Grpc;
using Loom.Journal;

namespace Loom.EventStoreDb.Server;

/// <summary>Who may do what: every authenticated caller reads and appends to ordinary streams; only hosts append to actor streams and <c>loom.*</c>.</summary>
internal sealed class StreamAccess(IJournal journal, EventStoreDbServerOptions options)
{
    private const int MaxRemembered = 10_000;

    // Streams that began with an event without a link: they stay ordinary, since revision 0 is never given again.
    private readonly ConcurrentDictionary<StreamName, bool> _ordinary = new();

    /// <exception cref="GrpcException">The credentials are wrong.</exception>
    public async ValueTask<EventStoreCaller> CallerAsync(ServerCall call) =>
        await options.Authenticate(call.Http).ConfigureAwait(false) ?? throw new GrpcException(StatusCode.Unauthenticated, "Unauthenticated");

    /// <exception cref="GrpcException">The caller may not read.</exception>
    public async ValueTask RequireReaderAsync(ServerCall call)
    {
        if (await CallerAsync(call).ConfigureAwait(false) is not { IsAuthenticated: true, CanRead: true })
        {
            throw Errors.Denied();
        }
    }

    /// <exception cref="GrpcException">The caller may not administer groups.</exception>
    /// <exception cref="JournalException">Nothing is written now.</exception>
    public async ValueTask RequireAdministratorAsync(ServerCall call)
    {
        if (await CallerAsync(call).ConfigureAwait(false) is not { IsAuthenticated: true, CanAdminister: true })
        {
            throw Errors.Denied();
        }

        RefuseReadOnly();
    }

    /// <exception cref="GrpcException">The caller may not look after this server.</exception>
    public async ValueTask RequireOperatorAsync(ServerCall call)
    {
        if (await CallerAsync(call).ConfigureAwait(false) is not { IsAuthenticated: true, CanOperate: true })
        {
            throw Errors.Denied();
        }
    }

    /// <summary>Whether the caller may append these events to the stream.</summary>
    /// <exception cref="JournalException">Nothing is appended now.</exception>
    public async ValueTask<bool> MayAppendAsync(EventStoreCaller caller, StreamName stream, IReadOnlyList<EventData> events, CancellationToken cancellationToken)
    {
        if (caller is not { IsAuthenticated: true, CanAppend: true })
        {
            return false;
        }

        RefuseReadOnly();
        if (stream.IsSystem)
        {
            return MetadataStreams.TryDescribed(stream, out var described)
                && (caller.IsHost || !events.Any(e => TransitionReader.CarriesLoom(e.Metadata)))
                && await IsOrdinaryAsync(described.Value, cancellationToken).ConfigureAwait(false);
        }

        if (caller.IsHost)
        {
            return true;
        }

        return !events.Any(e => TransitionReader.CarriesLoom(e.Metadata)) && await IsOrdinaryAsync(stream, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether the caller may delete the stream: an ordinary one only, of others not even a host does.</summary>
    /// <exception cref="JournalException">Nothing is written now.</exception>
    public async ValueTask<bool> MayDeleteAsync(EventStoreCaller caller, StreamName stream, CancellationToken cancellationToken)
    {
        if (caller is not { IsAuthenticated: true, CanAppend: true })
        {
            return false;
        }

        RefuseReadOnly();
        return await IsOrdinaryAsync(stream, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<bool> IsOrdinaryAsync(StreamName stream, CancellationToken cancellationToken) =>
        !stream.IsLoom
        && !stream.IsSystem
        && !options.IsActorStream(stream)
        && !await BeginsWithLinkAsync(stream, cancellationToken).ConfigureAwait(false);

    /// <exception cref="JournalException">Nothing is written now.</exception>
    public void RefuseReadOnly()
    {
        if (options.ReadOnly() is { } reason)
        {
            throw new JournalException(JournalFailure.ReadOnly, reason);
        }
    }

    private async ValueTask<bool> BeginsWithLinkAsync(StreamName stream, CancellationToken cancellationToken)
    {
        if (_ordinary.ContainsKey(stream))
        {
            return false;
        }

        try
        {
            await foreach (var first in journal.ReadStreamAsync(stream, Direction.Forwards, 0, 1, cancellationToken).ConfigureAwait(false))
            {
                // What was truncated is ordinary, whatever the first event that is left carries.
                if (first.Revision == 0 && TransitionReader.CarriesLoom(first))
                {
                    return true;
                }

                if (_ordinary.Count >= MaxRemembered)
                {
                    _ordinary.Clear();
                }

                _ordinary[stream] = true;
            }
        }
        catch (JournalException e) when (e.Failure == JournalFailure.StreamDeleted)
        {
            // Only ordinary streams can be; whoever asked is told by what follows.
        }

        return false;
    }
}
