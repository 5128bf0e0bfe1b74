using Loom.Contracts;
using Loom.Journal;

namespace Loom.EventStoreDb.Tests;

/// <summary>The journal's promises, from our client through the served protocol to an embedded journal.</summary>
public sealed class EventStoreDbJournalContractTests : JournalContract
{
    private ServedJournal _served = null!;

    protected override async Task<IJournal> CreateAsync()
    {
        _served = await ServedJournal.StartAsync();
        return await _served.ConnectAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _served.DisposeAsync();
    }
}
