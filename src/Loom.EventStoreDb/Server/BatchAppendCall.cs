using System.Collections.Concurrent;
using System.Threading.Channels;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Messages;
using Loom.Journal;
using Microsoft.Extensions.Logging;

namespace Loom.EventStoreDb.Server;

/// <summary>
/// Streams.BatchAppend: many appends over one call, their parts mixed, each answered once, in the order in which they end. Appends are handed to
/// the journal in the order in which they were complete. The caller's half-close means: answer what is under way, then end.
/// </summary>
internal sealed class BatchAppendCall(
    IJournal journal, StreamAccess access, EventStoreDbServerOptions options, EventStoreCaller caller, ServerCall call, ILogger log)
{
    private const int MaxSlots = 3 * 1024;
    private const int MaxSlotsOfOne = 512;
    private const int BytesPerSlot = 64 << 10;
    private const int MaxIncomplete = 1024;
    private const long MaxHeldBytes = 64L << 20;

    private readonly ConcurrentDictionary<Guid, Incomplete> _incomplete = new();
    private readonly Channel<BatchAnswer> _answers = Channel.CreateUnbounded<BatchAnswer>(new UnboundedChannelOptions { SingleReader = true });

    // One is taken for each append from its first part until its answer is written, and by its size more from its last part until the journal is
    // done with it (which may be long after its deadline). So answers and events under way have bounds, and a caller that reads no answers is not
    // read from either. Only the reading side takes them; appends that wait for their last part never hold more than a third.
    private readonly SemaphoreSlim _slots = new(MaxSlots);
    private readonly TaskCompletionSource _journalIsDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _users = 1; // of the journal; one is the call itself
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

            // A caller that opens call after call holds no more than the server lets it open.
            LeaveJournal();
            await _journalIsDone.Task.ConfigureAwait(false);
        }
    }

    private async Task ReadAsync(RequestReader<BatchPart> requests)
    {
        while (await requests.ReadAsync().ConfigureAwait(false) is { } request)
        {
            await TakeAsync(request).ConfigureAwait(false);
        }

        foreach (var (id, _) in _incomplete)
        {
            if (_incomplete.TryRemove(id, out var abandoned))
            {
                await abandoned.DisposeAsync().ConfigureAwait(false);
                _slots.Release(); // its last part never comes, and nobody waits for its answer
            }
        }

        await TakeSlotsAsync(MaxSlots).ConfigureAwait(false); // everything under way was answered
        _answers.Writer.Complete();
    }

    private async ValueTask TakeSlotsAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await _slots.WaitAsync(call.Ended).ConfigureAwait(false);
        }
    }

    private static int SlotsFor(PendingAppend append) => (int)Math.Min(1 + (append.Held / BytesPerSlot), MaxSlotsOfOne);

    private async Task WriteAsync(ResponseWriter<BatchAnswer> responses)
    {
        while (await _answers.Reader.WaitToReadAsync(call.Ended).ConfigureAwait(false))
        {
            while (_answers.Reader.TryRead(out var next))
            {
                await responses.WriteAsync(next).ConfigureAwait(false);
                _slots.Release();
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
            await TakeSlotsAsync(1).ConfigureAwait(false);
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
            Answer(BatchAnswers.Of(append, Errors.Denied()));
            _slots.Release(slots);
            return;
        }

        _ = AppendAsync(append, slots);
    }

    private async Task AppendAsync(PendingAppend append, int slots)
    {
        Interlocked.Increment(ref _users);
        var appending = Start(append);
        Answer(await AnswerAsync(append, appending).ConfigureAwait(false));
        await ((Task)appending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _slots.Release(slots);
        LeaveJournal();
    }

    private Task<AppendResult> Start(PendingAppend append)
    {
        if (append.Wrong is { } wrong)
        {
            return Task.FromException<AppendResult>(wrong);
        }

        if (append.Deadline <= options.Time.GetUtcNow())
        {
            return Task.FromException<AppendResult>(new TimeoutException());
        }

        try
        {
            // Not cancelled with the call: what was complete is appended, whoever is left to hear of it.
            return journal.AppendAsync(append.Stream, append.Expected, append.Events, CancellationToken.None);
        }
        catch (Exception e)
        {
            return Task.FromException<AppendResult>(e);
        }
    }

    private async Task<BatchAnswer> AnswerAsync(PendingAppend append, Task<AppendResult> appending)
    {
        try
        {
            var waiting = append.Deadline is { } deadline && !appending.IsCompleted
                ? appending.WaitAsync(TimeSpan.FromTicks(Math.Max(0, (deadline - options.Time.GetUtcNow()).Ticks)), options.Time)
                : appending;
            return BatchAnswers.Of(append, await waiting.ConfigureAwait(false));
        }
        catch (TimeoutException)
        {
            return BatchAnswers.TimedOut(append);
        }
        catch (GrpcException wrong)
        {
            return BatchAnswers.Of(append, wrong);
        }
        catch (Exception e)
        {
            if (Errors.Of(e) is { } known)
            {
                return BatchAnswers.Of(append, known);
            }

            log.LogError(e, "An append of a batch to {Stream} failed.", append.Stream);
            return BatchAnswers.Of(append, new GrpcException(StatusCode.Unknown, "Unknown"));
        }
    }

    private void LeaveJournal()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _journalIsDone.TrySetResult();
        }
    }

    private void Answer(BatchAnswer answer) => _answers.Writer.TryWrite(answer);

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
                    Answer(BatchAnswers.TimedOut(expired.Append));
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
