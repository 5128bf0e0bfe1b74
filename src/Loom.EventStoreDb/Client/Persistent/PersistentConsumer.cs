using System.Runtime.CompilerServices;
using Loom.EventStoreDb.Client;
using Loom.EventStoreDb.Client.Persistent;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Persistent;
using Loom.Journal;
using ReadEvent = Loom.EventStoreDb.Protocol.Streams.ReadResp.Types.ReadEvent;

namespace Loom.EventStoreDb;

/// <summary>
/// A consumer of a group. Each event is delivered at least once, and comes again until it is answered; after a lost connection, or when the
/// group's settings changed, it connects again by itself. One reader at a time; answers from any thread.
/// </summary>
/// <example>
/// <code>
/// await using var consumer = journal.Consume(new PersistentGroup(StreamName.Parse("orders"), "billing"));
/// await foreach (var delivery in consumer.ReadAsync(cancellationToken))
/// {
///     await BillAsync(delivery.Event);
///     await consumer.AckAsync(delivery);
/// }
/// </code>
/// </example>
public sealed class PersistentConsumer : IAsyncDisposable
{
    private readonly PersistentGroup _group;
    private readonly int _buffer;
    private readonly Cluster _cluster;
    private readonly Retries _retries;
    private readonly CancellationTokenSource _stop;
    private readonly SemaphoreSlim _answering = new(1);
    private readonly EventDecoder _decoder = new();
    private volatile Connection? _connection;

    internal PersistentConsumer(PersistentGroup group, int buffer, Cluster cluster, Retries retries, CancellationToken closing)
    {
        (_group, _buffer, _cluster, _retries) = (group, buffer, cluster, retries);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(closing);
    }

    /// <summary>
    /// Events as the server hands them out. At most the consumer's buffer comes before something is answered. Who leaves the enumeration may still
    /// answer, and read again; cancelling it leaves the group.
    /// </summary>
    /// <exception cref="JournalException">The group is not there or has no room for another consumer, or no server answers.</exception>
    public async IAsyncEnumerable<PersistentDelivery> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        while (true)
        {
            if (await NextAsync(cancellationToken, ended.Token).ConfigureAwait(false) is { } delivery)
            {
                yield return delivery;
            }
        }
    }

    /// <summary>Says that the events are done; false when the connection was lost, and they will come again.</summary>
    public ValueTask<bool> AckAsync(params IEnumerable<PersistentDelivery> deliveries) => AnswerAsync(PersistentRequests.Ack(deliveries));

    /// <summary>Says what is to become of events that were not done, and why; false when the connection was lost, and they will come again.</summary>
    public ValueTask<bool> NackAsync(NackAction action, string reason, params IEnumerable<PersistentDelivery> deliveries) =>
        AnswerAsync(PersistentRequests.Nack(deliveries, action, reason));

    /// <summary>Leaves the group: what was not answered goes to others.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await CloseAsync(_connection).ConfigureAwait(false);
        _stop.Dispose();
    }

    private async ValueTask<bool> AnswerAsync(ReadReq answer)
    {
        if (_connection is not { } connection)
        {
            return false;
        }

        await _answering.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            await connection.Call.WriteAsync(answer, CancellationToken.None).ConfigureAwait(false);
            return true;
        }
        catch (GrpcException)
        {
            return false; // the reader hears why
        }
        finally
        {
            _answering.Release();
        }
    }

    private async ValueTask<PersistentDelivery?> NextAsync(CancellationToken caller, CancellationToken ended)
    {
        try
        {
            var connection = _connection ?? await ConnectAsync(ended).ConfigureAwait(false);
            using var cancelling = ended.UnsafeRegister(static stop => ((CancellationTokenSource)stop!).Cancel(), connection.Stop);
            var response = await connection.Call.ReadAsync().ConfigureAwait(false)
                ?? throw new GrpcException(StatusCode.Unavailable, "The server ended the call.");
            if (response.ContentCase != ReadResp.ContentOneofCase.Event)
            {
                return null;
            }

            _retries.Succeeded();
            return Delivery(response.Event);
        }
        catch (GrpcException e)
        {
            await LostAsync(e, ended).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException)
        {
            await CloseAsync(_connection).ConfigureAwait(false);
            caller.ThrowIfCancellationRequested();
            throw new JournalException(JournalFailure.Unavailable, "The consumer is closed.");
        }
    }

    private async ValueTask<Connection> ConnectAsync(CancellationToken ended)
    {
        while (true)
        {
            var node = await _cluster.NodeAsync(ended).ConfigureAwait(false);
            if (!node.TryEnter())
            {
                continue;
            }

            var stop = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            var connection = new Connection(node, node.Channel.Duplex(Methods.Consume, GrpcCallOptions.None, stop.Token), stop);
            _connection = connection;
            try
            {
                await connection.Call.WriteAsync(PersistentRequests.Consume(_group, _buffer), ended).ConfigureAwait(false);
            }
            catch (GrpcException)
            {
                // The server ended the call early; its answer says why.
            }

            return connection;
        }
    }

    // A group that is not there will not be there soon; everything else is tried again for a while.
    private async ValueTask LostAsync(GrpcException failure, CancellationToken ended)
    {
        var node = _connection?.Node;
        var wasDropped = failure.Trailers.GetValueOrDefault(Errors.Key) == Errors.GroupDropped;
        if (node is not null && !wasDropped && Retries.MayHelp(failure))
        {
            await _cluster.FailedAsync(node, failure).ConfigureAwait(false);
        }

        await CloseAsync(_connection).ConfigureAwait(false);
        if (failure.Trailers.GetValueOrDefault(Errors.Key) is Errors.GroupFailed || !await _retries.AgainAsync(failure, ended).ConfigureAwait(false))
        {
            throw Errors.ToJournal(failure, _group.Stream);
        }
    }

    private async ValueTask CloseAsync(Connection? connection)
    {
        if (connection is null || Interlocked.CompareExchange(ref _connection, null, connection) != connection)
        {
            return;
        }

        await connection.Call.DisposeAsync().ConfigureAwait(false);
        connection.Node.Leave();
        connection.Stop.Dispose();
    }

    private PersistentDelivery? Delivery(ReadResp.Types.ReadEvent read)
    {
        var answered = read.Link ?? read.Event;
        if (read.Event is null || !Wire.TryGuid(answered?.Id, out var id) || _decoder.Decode(new ReadEvent { Event = read.Event }) is not { } e)
        {
            throw new GrpcException(StatusCode.DataLoss, "The server sent an event that cannot be read.");
        }

        return new PersistentDelivery(e, read.CountCase == ReadResp.Types.ReadEvent.CountOneofCase.RetryCount ? read.RetryCount : null) { AnsweredBy = id };
    }

    private sealed record Connection(Node Node, DuplexCall<ReadReq, ReadResp> Call, CancellationTokenSource Stop);
}
