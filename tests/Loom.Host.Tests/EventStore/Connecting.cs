using Loom.Core;
using Loom.EventStoreDb;
using Loom.Journal;

namespace Loom.Host.Tests.EventStore;

/// <summary>Clients of a host's port for EventStoreDB.</summary>
internal static class Connecting
{
    /// <summary>The flag that serves it at a free port.</summary>
    public static readonly string[] Served = ["--eventStoreDb.urls", "http://127.0.0.1:0"];

    public static string ConnectionString(Uri streams, string? credentials = null) =>
        $"esdb://{(credentials is null ? "" : credentials + "@")}127.0.0.1:{streams.Port}?tls={(streams.Scheme == "https" ? "true" : "false")}";

    /// <summary>The flags of a host whose journal is there.</summary>
    public static string[] JournalAt(Uri streams, string? credentials = null) => ["--journal.address", ConnectionString(streams, credentials)];

    public static Task<EventStoreDbJournal> ConnectAsync(Uri streams, string? credentials = null, bool isHost = false, string more = "") => EventStoreDbJournal.ConnectAsync(
        new EventStoreDbJournalOptions { Settings = EventStoreDbSettings.Parse(ConnectionString(streams, credentials) + more), IsHost = isHost, RetryDuring = TimeSpan.FromMinutes(1) },
        CancellationToken.None);

    /// <summary>Appends an event to the end of a stream.</summary>
    public static Task<AppendResult> AppendAsync(this IJournal journal, string stream) => journal.AppendAsync(
        StreamName.Parse(stream), ExpectedRevision.Any, [new EventData(Guid.NewGuid(), "noted", EventData.Json, "{}"u8.ToArray(), default)], CancellationToken.None);

    /// <summary>The events of a stream, from the start.</summary>
    public static async Task<List<RecordedEvent>> ReadAsync(this IJournal journal, string stream)
    {
        var events = new List<RecordedEvent>();
        await foreach (var e in journal.ReadStreamAsync(StreamName.Parse(stream), Direction.Forwards, 0, long.MaxValue, CancellationToken.None))
        {
            events.Add(e);
        }

        return events;
    }

    /// <summary>Why it fails.</summary>
    public static async Task<JournalFailure> FailureAsync(Func<Task> what) => (await Assert.ThrowsAsync<JournalException>(what)).Failure;
}
