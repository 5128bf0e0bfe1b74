using System.Collections.Concurrent;
using System.Threading.Channels;
using Loom.Core;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Messages;
using Loom.Journal;

namespace Loom.EventStoreDb.Client;

/// <summary>
/// All appends to one server over one call: what waits is sent together, answers are matched by correlation id. When the call ends, every append
/// under way fails with that end, and every later one at once: whoever appends looks for a server anew.
/// </summary>
internal sealed class BatchAppender : IAsyncDisposable
{
    private const int MaxQueued = 4096;
    private const int MaxBatch = 256;
    private const int MuchBytes = 256 << 10;

    private readonly TimeSpan _deadline;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationToken _closed; // stays usable when its source is disposed
    private readonly Channel<(BatchPart Part, int Bytes)> _queue =
        Channel.CreateBounded<(BatchPart, int)>(new BoundedChannelOptions(MaxQueued) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly ConcurrentDictionary<Guid, TaskCompletionSource<BatchAnswer>> _waiting = new();
    private readonly DuplexCall<BatchPart, BatchAnswer> _call;
    private readonly Task _running;
    private volatile GrpcException? _end;
    private bool _hasAnswered;

    public BatchAppender(GrpcChannel channel, TimeSpan deadline, TimeProvider time)
    {
        (_deadline, _time, _closed) = (deadline, time, _closing.Token);
        _call = channel.Duplex(Methods.BatchAppendEvents, GrpcCallOptions.None, _closed);
        _running = RunAsync();
    }

    /// <summary>Whether the call is over, and nothing can be appended here any more.</summary>
    public bool HasEnded => _end is not null;

    /// <exception cref="GrpcException">The call ended, or no answer came in time: the outcome is unknown.</exception>
    /// <exception cref="System.Text.EncoderFallbackException">The type of an event is not well-formed; nothing was sent.</exception>
    public async Task<BatchAnswer> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events)
    {
        var id = Guid.NewGuid();
        var part = BatchPart.Whole(id, stream, expected, events);
        var request = (part, BatchPartCodec.SizeOf(part));
        var answer = new TaskCompletionSource<BatchAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        try
        {
            if (_end is { } end)
            {
                throw end;
            }

            if (!_queue.Writer.TryWrite(request))
            {
                await _queue.Writer.WriteAsync(request, _closed).ConfigureAwait(false);
            }

            return await answer.Task.WaitAsync(_deadline, _time).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new GrpcException(StatusCode.DeadlineExceeded, $"No answer came within {_deadline.TotalSeconds} seconds.", inner: e);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            throw _end ?? new GrpcException(StatusCode.Unavailable, "The connection was closed.", inner: e);
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _closing.Dispose();
    }

    private async Task RunAsync()
    {
        GrpcException end;
        try
        {
            var writing = WriteAsync();
            var reading = ReadAsync();
            await await Task.WhenAny(reading, writing).ConfigureAwait(false);
            await reading.ConfigureAwait(false);
            end = new GrpcException(StatusCode.Unavailable, "The server ended the call of all appends.");
        }
        catch (GrpcException e)
        {
            end = Meaning(e);
        }
        catch (Exception e)
        {
            end = new GrpcException(StatusCode.Unavailable, $"The connection was closed: {e.Message}", inner: e);
        }

        // First the end, then who waits: an append that comes between finds one or the other.
        _end = end;
        _queue.Writer.TryComplete();
        foreach (var (_, answer) in _waiting)
        {
            answer.TrySetException(end);
        }

        await _call.DisposeAsync().ConfigureAwait(false);
    }

    // A call that was never taken up has written nothing. Else its end is the end of the call, not the answer to any append in it.
    private GrpcException Meaning(GrpcException e) =>
        Retries.MayHelp(e)
        || (e is { IsAnswer: true, Code: StatusCode.Unauthenticated or StatusCode.PermissionDenied or StatusCode.Unimplemented } && !_hasAnswered)
            ? e
            : new GrpcException(StatusCode.Unavailable, $"The call of all appends ended with {e.Code}: {e.Detail}", inner: e);

    private async Task ReadAsync()
    {
        while (await _call.ReadAsync().ConfigureAwait(false) is { } answer)
        {
            _hasAnswered = true;
            if (answer.Correlation is { } id && _waiting.TryRemove(id, out var waiting))
            {
                waiting.TrySetResult(answer);
            }
        }
    }

    private async Task WriteAsync()
    {
        var batch = new List<BatchPart>(MaxBatch);
        while (await _queue.Reader.WaitToReadAsync(_closed).ConfigureAwait(false))
        {
            var bytes = 0;
            while (batch.Count < MaxBatch && bytes < MuchBytes && _queue.Reader.TryRead(out var request))
            {
                batch.Add(request.Part);
                bytes += request.Bytes;
            }

            await _call.WriteAsync(batch, _closed).ConfigureAwait(false);
            batch.Clear();
        }
    }
}
