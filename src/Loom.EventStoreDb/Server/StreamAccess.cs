using System.Collections.Concurrent;
using Loom.Core;
using Loom.EventStoreDb.Grpc;
using Loom.Journal;

namespace Loom.EventStoreDb.Server;

/// <summary>Who may do what: every authenticated caller reads and appends to ordinary streams; only hosts append to actor streams and <c>loom.*</c>.</summary>
internal sealed class StreamAccess(IJournal journal, EventStoreDbServerOptions options)
{
    private const int MaxRemembered = 10_000;

    // Streams that begin with an event without a link: they stay ordinary, since no event ever goes.
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

    /// <summary>Whether the caller may append these events to the stream.</summary>
    /// <exception cref="JournalException">Nothing is appended now.</exception>
    public async ValueTask<bool> MayAppendAsync(EventStoreCaller caller, StreamName stream, IReadOnlyList<EventData> events, CancellationToken cancellationToken)
    {
        if (caller is not { IsAuthenticated: true, CanAppend: true } || stream.IsSystem)
        {
            return false;
        }

        if (options.ReadOnly() is { } reason)
        {
            throw new JournalException(JournalFailure.ReadOnly, reason);
        }

        if (caller.IsHost)
        {
            return true;
        }

        return !stream.IsLoom
            && !options.IsActorStream(stream)
            && !events.Any(e => TransitionReader.CarriesLoom(e.Metadata))
            && !await BeginsWithLinkAsync(stream, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<bool> BeginsWithLinkAsync(StreamName stream, CancellationToken cancellationToken)
    {
        if (_ordinary.ContainsKey(stream))
        {
            return false;
        }

        await foreach (var first in journal.ReadStreamAsync(stream, Direction.Forwards, 0, 1, cancellationToken).ConfigureAwait(false))
        {
            if (TransitionReader.CarriesLoom(first))
            {
                return true;
            }

            if (_ordinary.Count >= MaxRemembered)
            {
                _ordinary.Clear();
            }

            _ordinary[stream] = true;
        }

        return false;
    }
}
