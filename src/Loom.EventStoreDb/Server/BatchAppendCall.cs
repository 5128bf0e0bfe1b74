using System.Collections.Concurrent;
using System.Threading.Channels;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Messages;
using Loom.Journal;

namespace Loom.EventStoreDb.Server;

/// <summary>
/// Streams.BatchAppend: many appends over one call, their parts mixed, each answered once, in the order in which they end. Appends are handed to
/// the journal in the order in which they were complete. The caller's half-close means: answer what is under way, then end.
/// </summary>
internal sealed class BatchAppendCall(IJournal journal, StreamAccess access, EventStoreDbServerOptions options, EventStoreCaller caller, ServerCall call)
{
    private const int MaxUnderWay = 1024;
    private const int BytesPerSlot = 64 << 10;
    private const int MaxIncomplete = 1024;
    private const long MaxHeldBytes = 64L << 20;

    private readonly ConcurrentDictionary<Guid, Incomplete> _incomplete = new();
    private readonly Channel<(BatchAnswer Answer, int Slots)> _answers =
        Channel.CreateUnbounded<(BatchAnswer, int)>(new UnboundedChannelOptions { SingleReader = true });

    // Taken for each complete append, more of them for a large one, until its answer is written: what is under way has bounds in number and in
    // bytes, and a caller that reads no answers is not read from either. Only the reading side takes them.
    private readonly SemaphoreSlim _slots = new(MaxUnderWay);
    private long _held;

    public async Task RunAsync(RequestReader<BatchPart> requests, ResponseWriter<BatchAnswer> responses)
    {
        await responses.StartAsync().ConfigureAwait(false);
        var writing = WriteAsync(responses);
        var reading = ReadAsync(requests);
        try
        {
            // Whichever fails first fails the call.
            await await Task.WhenAny(writing, reading).ConfigureAwait(false);
            await writing.ConfigureAwait(false);
        }
        finally
        {
            await call.StopAsync().ConfigureAwait(false);
            await Task.WhenAll(writing, reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var (_, incomplete) in _incomplete)
            {
                await incomplete.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task ReadAsync(RequestReader<BatchPart> requests)
    {
        while (await requests.ReadAsync().ConfigureAwait(false) is { } request)
        {
            await TakeAsync(request).ConfigureAwait(false);
        }

        await TakeSlotsAsync(MaxUnderWay).ConfigureAwait(false); // everything under way was answered
        _answers.Writer.Complete();
    }

    private async ValueTask TakeSlotsAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await _slots.WaitAsync(call.Ended).ConfigureAwait(false);
        }
    }

    private static int SlotsFor(PendingAppend append) => 1 + (int)(append.Held / BytesPerSlot);

    private async Task WriteAsync(ResponseWriter<BatchAnswer> responses)
    {
        while (await _answers.Reader.WaitToReadAsync(call.Ended).ConfigureAwait(false))
        {
            while (_answers.Reader.TryRead(out var next))
            {
                await responses.WriteAsync(next.Answer).ConfigureAwait(false);
                if (next.Slots > 0)
                {
                    _slots.Release(next.Slots);
                }
            }

            await responses.FlushAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask TakeAsync(BatchPart request)
    {
        if (request.Correlation is not { } id)
        {
            throw Wire.Invalid("A message of a batch carries its correlation id.");
        }

        PendingAppend append;
        if (_incomplete.TryGetValue(id, out var incomplete))
        {
            append = incomplete.Append;
        }
        else if (request.Options is not { } first)
        {
            return; // its append has timed out, or never began
        }
        else
        {
            append = PendingAppend.Begin(request, first, options.Time.GetUtcNow(), options.AppendTimeout);
        }

        var held = append.Held;
        append.Add(request);
        if (!request.IsFinal)
        {
            Keep(id, append, incomplete, append.Held - held);
            return;
        }

        if (incomplete is not null)
        {
            if (!_incomplete.TryRemove(id, out _))
            {
                return; // it has timed out in this moment
            }

            Interlocked.Add(ref _held, -held);
            await incomplete.DisposeAsync().ConfigureAwait(false);
        }

        var slots = SlotsFor(append);
        await TakeSlotsAsync(slots).ConfigureAwait(false);
        if (append.Wrong is null && !await access.MayAppendAsync(caller, append.Stream, append.Events, call.Ended).ConfigureAwait(false))
        {
            Answer(BatchAnswers.Of(append, Errors.Denied()), slots);
            return;
        }

        _ = AppendAsync(append, slots);
    }

    private async Task AppendAsync(PendingAppend append, int slots)
    {
        BatchAnswer answer;
        try
        {
            answer = append.Wrong is { } wrong ? BatchAnswers.Of(append, wrong) : BatchAnswers.Of(append, await ResultAsync(append).ConfigureAwait(false));
        }
        catch (TimeoutException)
        {
            answer = BatchAnswers.TimedOut(append);
        }
        catch (Exception e)
        {
            answer = BatchAnswers.Of(append, Errors.Of(e) ?? new GrpcException(StatusCode.Unknown, "Unknown"));
        }

        Answer(answer, slots);
    }

    private Task<AppendResult> ResultAsync(PendingAppend append)
    {
        var left = append.Deadline - options.Time.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            throw new TimeoutException();
        }

        // Not cancelled with the call: what was complete is appended, whoever is left to hear of it.
        var appending = journal.AppendAsync(append.Stream, append.Expected, append.Events, CancellationToken.None);
        return left is { } wait ? appending.WaitAsync(wait, options.Time) : appending;
    }

    private void Answer(BatchAnswer answer, int slots) => _answers.Writer.TryWrite((answer, slots));

    private void Keep(Guid id, PendingAppend append, Incomplete? incomplete, long more)
    {
        if (Interlocked.Add(ref _held, more) > MaxHeldBytes || (incomplete is null && _incomplete.Count >= MaxIncomplete))
        {
            throw new GrpcException(StatusCode.ResourceExhausted, $"More than {MaxIncomplete} appends, or {MaxHeldBytes} bytes, wait for their last part.");
        }

        if (incomplete is not null)
        {
            return;
        }

        // An append whose last part never comes is let go, with or without a deadline of its own.
        var wait = (append.Deadline ?? options.Time.GetUtcNow() + options.AppendTimeout) - options.Time.GetUtcNow();
        var kept = new Incomplete(append);
        _incomplete[id] = kept;
        kept.Timer = options.Time.CreateTimer(
            _ =>
            {
                if (_incomplete.TryRemove(id, out var expired))
                {
                    Interlocked.Add(ref _held, -expired.Append.Held);
                    _answers.Writer.TryWrite((BatchAnswers.TimedOut(expired.Append), Slots: 0));
                }
            },
            null,
            wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
            System.Threading.Timeout.InfiniteTimeSpan);
    }

    private sealed class Incomplete(PendingAppend append) : IAsyncDisposable
    {
        public PendingAppend Append => append;

        public ITimer? Timer { get; set; }

        public ValueTask DisposeAsync() => Timer?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
