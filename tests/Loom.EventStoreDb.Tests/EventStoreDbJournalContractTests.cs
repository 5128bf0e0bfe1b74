using Loom.Contracts;
using Loom.Journal;
using Loom.Testing;

namespace Loom.EventStoreDb.Tests;

/// <summary>The journal's promises, from our client through the served protocol to an embedded journal.</summary>
public sealed class EventStoreDbJournalContractTests : JournalContract
{
    private ServedJournal _served = null!;

    protected override int ModelSeeds => Tier.Count(ci: 20, @long: 500);

    protected override async Task<IJournal> CreateAsync()
    {
        _served = await ServedJournal.StartAsync(time: Clock);
        return await _served.ConnectAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _served.DisposeAsync();
    }
}
