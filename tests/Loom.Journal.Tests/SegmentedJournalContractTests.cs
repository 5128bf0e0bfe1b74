using Loom.Contracts;

namespace Loom.Journal.Tests;

public sealed class SegmentedJournalContractTests : JournalContract
{
    private readonly TemporaryFolder _folder = new();

    protected override async Task<IJournal> CreateAsync() =>
        await SegmentedJournal.OpenAsync(new SegmentedJournalOptions { Directory = _folder.Path, Time = Clock }, None);

    protected override async Task<IJournal> ReopenAsync()
    {
        await Journal.DisposeAsync();
        return await CreateAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>The same with segments so small that every few appends begin a new one, and nothing read from memory: each promise holds across them.</summary>
public sealed class SmallSegmentsContractTests : JournalContract
{
    private readonly TemporaryFolder _folder = new();

    protected override async Task<IJournal> CreateAsync() =>
        await SegmentedJournal.OpenAsync(new SegmentedJournalOptions { Directory = _folder.Path, SegmentBytes = 1500, RecentBytes = 0, Time = Clock }, None);

    protected override async Task<IJournal> ReopenAsync()
    {
        await Journal.DisposeAsync();
        return await CreateAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }
}
