using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Loom.EventStoreDb.Grpc;

/// <summary>
/// Writes the responses of one call. What was written is sent by the next <see cref="FlushAsync"/>, at the latest when much has gathered; so whoever is
/// about to wait flushes first, and nothing lies here unseen. One writer at a time.
/// </summary>
internal sealed class ResponseWriter<T>(HttpResponse response, Codec<T> codec, CancellationToken ended) : IDisposable
    where T : class
{
    private const int MuchUnflushed = 32 << 10;

    private readonly FrameBuffer _unflushed = new();

    public bool HasWritten { get; private set; }

    public ValueTask WriteAsync(T message)
    {
        HasWritten = true;
        codec.Write(message, _unflushed);
        return _unflushed.Length >= MuchUnflushed ? FlushAsync() : ValueTask.CompletedTask;
    }

    /// <summary>Sends what was written; waits while the caller does not read.</summary>
    public async ValueTask FlushAsync()
    {
        if (_unflushed.Length == 0 && response.HasStarted)
        {
            return;
        }

        HandOver();
        await response.BodyWriter.FlushAsync(ended).ConfigureAwait(false);
    }

    /// <summary>Leaves what was written to the end of the response, which sends it.</summary>
    public void HandOver()
    {
        // Touching the body, even for nothing, would send the headers away without the status that an error puts there.
        if (_unflushed.Length == 0)
        {
            return;
        }

        response.BodyWriter.Write(_unflushed.Written.Span);
        _unflushed.Clear();
    }

    /// <summary>Sends the response's headers now, for callers that wait for them.</summary>
    public Task StartAsync() => response.StartAsync(ended);

    /// <summary>Writes everything, flushing whenever the next message is not there yet.</summary>
    public async Task WriteAllAsync(IAsyncEnumerable<T> messages)
    {
        var enumerator = messages.GetAsyncEnumerator(ended);
        await using (enumerator.ConfigureAwait(false))
        {
            while (true)
            {
                var next = enumerator.MoveNextAsync();
                var more = next.IsCompleted ? await next.ConfigureAwait(false) : await FlushBeforeAsync(next.AsTask()).ConfigureAwait(false);
                if (!more)
                {
                    return;
                }

                await WriteAsync(enumerator.Current).ConfigureAwait(false);
            }
        }
    }

    public void Dispose() => _unflushed.Dispose();

    // Flushing fails when the call is over; then what makes the messages ends as well, and only then may it be disposed.
    private async Task<bool> FlushBeforeAsync(Task<bool> next)
    {
        try
        {
            await FlushAsync().ConfigureAwait(false);
        }
        catch
        {
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        return await next.ConfigureAwait(false);
    }
}
