using System.Text;
using Loom.Core;

namespace Loom.Journal.Tests;

/// <summary>A folder for a journal, and a few appends.</summary>
public abstract class JournalTestBase : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private int _events;

    protected static CancellationToken None => CancellationToken.None;

    protected string Folder => Path.Combine(_folder.Path, "journal");

    protected string Other(string name) => Path.Combine(_folder.Path, name);

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected Task<SegmentedJournal> OpenAsync(long segmentBytes = 256 << 20, bool readOnly = false, string? folder = null) =>
        SegmentedJournal.OpenAsync(new SegmentedJournalOptions { Directory = folder ?? Folder, SegmentBytes = segmentBytes, ReadOnly = readOnly }, None);

    protected async Task FillAsync(SegmentedJournal journal, int appends)
    {
        var running = Enumerable.Range(0, appends).Select(i => journal.AppendAsync(
            StreamName.Parse($"s-{i % 7}"), ExpectedRevision.Any, [.. Enumerable.Range(0, 1 + (i % 3)).Select(_ => Event())], None)).ToList();
        Assert.All(await Task.WhenAll(running), r => Assert.IsType<AppendResult.Appended>(r));
    }

    protected EventData Event()
    {
        var n = Interlocked.Increment(ref _events);
        return n % 5 == 0
            ? new EventData(Guid.NewGuid(), "binary", EventData.Binary, new byte[n % 300], "not json\n"u8.ToArray())
            : new EventData(Guid.NewGuid(), "tested", EventData.Json, Encoding.UTF8.GetBytes($"{{\"n\":{n}, \"x\":1.50}}"), "{}"u8.ToArray());
    }

    protected static async Task<List<RecordedEvent>> AllAsync(IJournal journal)
    {
        var all = new List<RecordedEvent>();
        await foreach (var e in journal.ReadAllAsync(Direction.Forwards, 0, long.MaxValue, null, None))
        {
            all.Add(e);
        }

        return all;
    }

    /// <summary>Everything about an event but its position, to compare by value.</summary>
    protected static string Text(RecordedEvent e) =>
        $"{e.Stream} {e.Revision} {e.Id} {e.Type} {e.ContentType} {Convert.ToHexString(e.Data.Span)} {Convert.ToHexString(e.Metadata.Span)} {e.Created:O}";

    protected string[] Segments(string? folder = null) => [.. Directory.GetFiles(folder ?? Folder, "*.seg").Order(StringComparer.Ordinal)];

    protected static void Damage(string file, long offset)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Seek(offset, SeekOrigin.Begin);
        var old = stream.ReadByte();
        stream.Seek(offset, SeekOrigin.Begin);
        stream.WriteByte((byte)(old ^ 0x10));
    }
}
