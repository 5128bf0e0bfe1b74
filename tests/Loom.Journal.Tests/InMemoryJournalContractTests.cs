using Loom.Contracts;

namespace Loom.Journal.Tests;

public sealed class InMemoryJournalContractTests : JournalContract
{
    protected override Task<IJournal> CreateAsync() => Task.FromResult<IJournal>(new InMemoryJournal(Clock));
}
