using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Streams;

namespace Loom.EventStoreDb.Client;

/// <summary>
/// A read or subscription that goes on after its connection failed: <paramref name="request"/> makes the request for what was not yet seen.
/// </summary>
internal sealed class ResumingRead(Cluster cluster, Func<ReadReq> request, Retries retries, GrpcCallOptions options, CancellationToken cancellationToken)
    : IAsyncDisposable
{
    private Node? _node;
    private IAsyncEnumerator<ReadResp>? _responses;

    /// <summary>The next response; null at the end.</summary>
    /// <exception cref="GrpcException">It failed for good.</exception>
    public async ValueTask<ReadResp?> NextAsync()
    {
        while (true)
        {
            try
            {
                if (_responses is null)
                {
                    var node = await cluster.NodeAsync(cancellationToken).ConfigureAwait(false);
                    if (!node.TryEnter())
                    {
                        continue;
                    }

                    _node = node;
                    _responses = node.Channel.ServerStreamingAsync(Methods.Read, request(), options, cancellationToken).GetAsyncEnumerator(cancellationToken);
                }

                if (!await _responses.MoveNextAsync().ConfigureAwait(false))
                {
                    return null;
                }

                // A confirmation alone is no progress: a server that fails after each is not asked for ever.
                if (_responses.Current.ContentCase != ReadResp.ContentOneofCase.Confirmation)
                {
                    retries.Succeeded();
                }

                return _responses.Current;
            }
            catch (GrpcException e)
            {
                var failed = _node;
                await CloseAsync().ConfigureAwait(false);
                if (failed is not null && Retries.MayHelp(e))
                {
                    await cluster.FailedAsync(failed, e).ConfigureAwait(false);
                }

                if (!await retries.AgainAsync(e, cancellationToken).ConfigureAwait(false))
                {
                    throw;
                }
            }
        }
    }

    public ValueTask DisposeAsync() => CloseAsync();

    private async ValueTask CloseAsync()
    {
        if (_responses is { } responses)
        {
            _responses = null;
            await responses.DisposeAsync().ConfigureAwait(false);
        }

        if (_node is { } node)
        {
            _node = null;
            node.Leave();
        }
    }
}
