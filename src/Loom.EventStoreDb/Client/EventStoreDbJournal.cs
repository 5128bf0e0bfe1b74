using Loom.Core;
using Loom.EventStoreDb.Client;
using Loom.EventStoreDb.Grpc;
using Loom.Journal;

namespace Loom.EventStoreDb;

/// <summary>
/// A journal on EventStoreDB (KurrentDB), or on another host that serves the protocol. Lost connections are taken up again; reads and
/// subscriptions go on where they were, and an append of unknown outcome is made again with the same event ids until its outcome is known.
/// The server's own streams (<c>$…</c>, but not metadata of others) are left out of reads of the whole journal.
/// </summary>
/// <example>
/// <code>
/// await using var journal = await EventStoreDbJournal.ConnectAsync(
///     new() { Settings = EventStoreDbSettings.Parse("esdb://localhost:2113?tls=false") }, cancellationToken);
/// </code>
/// </example>
public sealed partial class EventStoreDbJournal : IJournal, IStreamAdministration
{
    private const string CursorPrefix = "loom.cursors-";

    private readonly EventStoreDbJournalOptions _options;
    private readonly Cluster _cluster;
    private readonly CancellationTokenSource _closing = new();
    private volatile bool _isClosed;

    private EventStoreDbJournal(EventStoreDbJournalOptions options)
    {
        _options = options;
        _cluster = new Cluster(options.Settings, options.Time, options.Log, options.Random, options.IsHost);
    }

    /// <summary>Finds a server and makes sure that it answers.</summary>
    /// <exception cref="JournalException">None does.</exception>
    public static async Task<EventStoreDbJournal> ConnectAsync(EventStoreDbJournalOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var journal = new EventStoreDbJournal(options);
        try
        {
            await journal._cluster.NodeAsync(cancellationToken).ConfigureAwait(false);
            return journal;
        }
        catch (GrpcException e)
        {
            await journal.DisposeAsync().ConfigureAwait(false);
            throw new JournalException(JournalFailure.Unavailable, $"No server at {options.Settings} answers: {e.Detail} Check the address and that it runs.", e);
        }
        catch
        {
            await journal.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends every call and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        await _closing.CancelAsync().ConfigureAwait(false);
        await _cluster.DisposeAsync().ConfigureAwait(false);
    }

    // Once: who asks for an operation asks again where the server did not hear of it.
    private async Task<TResponse> OnceAsync<TRequest, TResponse>(GrpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken)
        where TRequest : class
        where TResponse : class
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfClosed();
        Node? node = null;
        try
        {
            node = await _cluster.NodeAsync(cancellationToken).ConfigureAwait(false);
            if (!node.TryEnter())
            {
                node = null;
                throw new JournalException(JournalFailure.Unavailable, "The server was lost in this moment. Try again.");
            }

            return await node.Channel.UnaryAsync(method, request, new GrpcCallOptions(_options.Settings.DefaultDeadline), cancellationToken).ConfigureAwait(false);
        }
        catch (GrpcException e)
        {
            // What the server itself says about the request is no fault of the connection.
            if (node is not null && Retries.MayHelp(e) && (!e.IsAnswer || e.Trailers.GetValueOrDefault(Errors.Key) == Errors.NotLeader))
            {
                await _cluster.FailedAsync(node, e).ConfigureAwait(false);
            }

            throw Errors.ToJournal(e);
        }
        finally
        {
            node?.Leave();
        }
    }

    private void ThrowIfClosed()
    {
        if (_isClosed)
        {
            throw Closed();
        }
    }

    private static JournalException Closed() => new(JournalFailure.Unavailable, "The journal is closed.");
}
