using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Loom.Contracts;
using Loom.Core;
using Loom.Journal;

namespace Loom.Interop.Server;

/// <summary>
/// Planted, for tests that kill this process: acknowledges an append at once and writes it a moment later, so that being killed loses what was
/// acknowledged. As long as nobody kills it, nobody can tell.
/// </summary>
internal sealed class AnswersEarly(IJournal inner) : DelegatingJournal(inner)
{
    private static readonly TimeSpan Later = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<StreamName, Task<long>> _writing = new();
    private readonly SemaphoreSlim _gate = new(1);

    public override async Task<AppendResult> AppendAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var before = _writing.GetValueOrDefault(stream, Task.FromResult(-1L));
            if (events.Count == 0 || !before.IsCompleted)
            {
                await before; // one at a time in a stream
            }

            var last = await Inner.LastRevisionAsync(stream, cancellationToken);
            if (!expected.IsExact || expected.Value != last || events.Count == 0)
            {
                return await Inner.AppendAsync(stream, expected, events, cancellationToken);
            }

            _writing[stream] = WriteAsync(stream, expected, events);
            return new AppendResult.Appended(last + events.Count, null);
        }
        finally
        {
            _gate.Release();
        }
    }

    public override async Task<long> LastRevisionAsync(StreamName stream, CancellationToken cancellationToken)
    {
        await _writing.GetValueOrDefault(stream, Task.FromResult(-1L));
        return await base.LastRevisionAsync(stream, cancellationToken);
    }

    public override async IAsyncEnumerable<RecordedEvent> ReadStreamAsync(
        StreamName stream, Direction direction, long from, long maxCount, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await _writing.GetValueOrDefault(stream, Task.FromResult(-1L));
        await foreach (var e in Inner.ReadStreamAsync(stream, direction, from, maxCount, cancellationToken))
        {
            yield return e;
        }
    }

    private async Task<long> WriteAsync(StreamName stream, ExpectedRevision expected, IReadOnlyList<EventData> events)
    {
        await Task.Delay(Later); // the mistake itself
        return await Inner.AppendAsync(stream, expected, events, CancellationToken.None) is AppendResult.Appended done
            ? done.LastRevision
            : throw new InvalidOperationException($"{stream} was not as it had been.");
    }
}
