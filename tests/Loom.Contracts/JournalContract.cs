using System.Globalization;
using System.Text;
using Loom.Core;
using Loom.Journal;
using Loom.Testing;
using Xunit;

namespace Loom.Contracts;

/// <summary>
/// What every journal promises, by the numbers in <see cref="IJournal"/>. Derive it per implementation; each test gets a journal of its own.
/// </summary>
public abstract partial class JournalContract : IAsyncLifetime
{
    private int _events;

    protected IJournal Journal { get; private set; } = null!;

    protected IStreamAdministration Streams => Assert.IsAssignableFrom<IStreamAdministration>(Journal);

    /// <summary>The clock that the journal stores times of.</summary>
    protected ManualTime Clock { get; } = new();

    protected static CancellationToken None => CancellationToken.None;

    /// <summary>An empty journal.</summary>
    protected abstract Task<IJournal> CreateAsync();

    /// <summary>The same journal again, closed and opened where it can be.</summary>
    protected virtual Task<IJournal> ReopenAsync() => Task.FromResult(Journal);

    public virtual async Task InitializeAsync() => Journal = await CreateAsync();

    public virtual async Task DisposeAsync() => await Journal.DisposeAsync();

    protected static StreamName Stream(string name) => StreamName.Parse(name);

    /// <summary>An event with an id and a body of its own.</summary>
    protected EventData Event(string type = "happened")
    {
        var n = Interlocked.Increment(ref _events);
        var body = string.Create(CultureInfo.InvariantCulture, $"{{\"n\":{n}}}");
        return new EventData(Guid.NewGuid(), type, EventData.Json, Encoding.UTF8.GetBytes(body), "{}"u8.ToArray());
    }

    protected EventData[] Events(int count) => [.. Enumerable.Range(0, count).Select(_ => Event())];

    protected Task<AppendResult> Append(string stream, ExpectedRevision expected, params EventData[] events) =>
        Journal.AppendAsync(Stream(stream), expected, events, None);

    protected async Task<AppendResult.Appended> Appended(string stream, ExpectedRevision expected, params EventData[] events) =>
        Assert.IsType<AppendResult.Appended>(await Append(stream, expected, events));

    protected async Task Conflicts(string stream, ExpectedRevision expected, long actual, params EventData[] events) =>
        Assert.Equal(new AppendResult.Conflict(actual), await Append(stream, expected, events));

    protected async Task<List<RecordedEvent>> Read(string stream, Direction direction = Direction.Forwards, long from = 0, long count = long.MaxValue) =>
        await Collect(Journal.ReadStreamAsync(Stream(stream), direction, from, count, None));

    protected async Task<List<RecordedEvent>> ReadAll(
        Direction direction = Direction.Forwards, ulong from = 0, long count = long.MaxValue, EventFilter? filter = null) =>
        await Collect(Journal.ReadAllAsync(direction, from, count, filter, None));

    protected static async Task<List<T>> Collect<T>(IAsyncEnumerable<T> items)
    {
        var list = new List<T>();
        await foreach (var item in items)
        {
            list.Add(item);
        }

        return list;
    }

    /// <summary>Takes messages until <paramref name="enough"/> says so; a test that waits for ever is ended by its own limit.</summary>
    protected static async Task<List<SubscriptionMessage>> Take(
        IAsyncEnumerable<SubscriptionMessage> messages, Func<List<SubscriptionMessage>, bool> enough)
    {
        var list = new List<SubscriptionMessage>();
        await foreach (var message in messages)
        {
            list.Add(message);
            if (enough(list))
            {
                break;
            }
        }

        return list;
    }

    protected static List<RecordedEvent> Arrived(IEnumerable<SubscriptionMessage> messages) =>
        [.. messages.OfType<SubscriptionMessage.EventArrived>().Select(m => m.Event)];

    protected static void Same(EventData expected, RecordedEvent actual)
    {
        Assert.Equal(expected.Id, actual.Id);
        Assert.Equal(expected.Type, actual.Type);
        Assert.Equal(expected.ContentType, actual.ContentType);
        Assert.Equal(expected.Data.ToArray(), actual.Data.ToArray());
        Assert.Equal(expected.Metadata.ToArray(), actual.Metadata.ToArray());
    }
}
