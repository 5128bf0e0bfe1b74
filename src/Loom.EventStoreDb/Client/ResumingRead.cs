using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Messages;
using Loom.EventStoreDb.Protocol.Streams;

namespace Loom.EventStoreDb.Client;

/// <summary>
/// A read or subscription that goes on after its connection failed: <paramref name="request"/> makes the request for what was not yet seen.
/// </summary>
internal sealed class ResumingRead(Cluster cluster, Func<ReadReq> request, Retries retries, GrpcCallOptions options, CancellationToken cancellationToken)
    : IAsyncDisposable
{
    private Node? _node;
    private ResponseReader<ReadAnswer>? _responses;

    /// <summary>The next response if all of it is there already; null says nothing, not even that there was no failure: ask <see cref="NextAsync"/>.</summary>
    public ReadAnswer? Ready()
    {
        try
        {
            if (cancellationToken.IsCancellationRequested || _responses is null || !_responses.TryRead(out var response))
            {
                return null;
            }

            Progress(response);
            return response;
        }
        catch (GrpcException)
        {
            return null;
        }
    }

    /// <summary>The next response; null at the end.</summary>
    /// <exception cref="GrpcException">It failed for good.</exception>
    public async ValueTask<ReadAnswer?> NextAsync()
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
                    _responses = node.Channel.ServerStreaming(Methods.ReadEvents, request(), options, cancellationToken);
                }

                if (await _responses.ReadAsync().ConfigureAwait(false) is not { } response)
                {
                    return null;
                }

                Progress(response);
                return response;
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

    // A confirmation alone is no progress: a server that fails after each is not asked for ever.
    private void Progress(ReadAnswer response)
    {
        if (response.Case != ReadResp.ContentOneofCase.Confirmation)
        {
            retries.Succeeded();
        }
    }

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
