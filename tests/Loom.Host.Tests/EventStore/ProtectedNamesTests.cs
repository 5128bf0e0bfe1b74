using Loom.Core;
using Loom.Journal;

namespace Loom.Host.Tests.EventStore;

/// <summary>The names of registered types are safe in the host's own journal too, before an actor of that name was born.</summary>
public sealed class ProtectedNamesTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_registered_types_name_takes_neither_deletion_nor_metadata_before_its_first_event(bool onServer)
    {
        await using var server = await RunningHost.StartOnAsync(_folder["server"], Connecting.Served);
        await using var host = onServer ? await RunningHost.StartOnAsync(_folder["data"], Connecting.JournalAt(server.Streams)) : null;
        var journal = (host ?? server).Service<IJournal>();
        var administration = (IStreamAdministration)journal;
        var (actor, other) = (StreamName.Parse("account-unborn"), StreamName.Parse("orders-1"));

        await RefusedAsync(() => administration.TombstoneAsync(actor, ExpectedRevision.Any, CancellationToken.None));
        await RefusedAsync(() => administration.DeleteAsync(actor, ExpectedRevision.Any, CancellationToken.None));
        await RefusedAsync(() => journal.WriteMetadataAsync(actor, ExpectedRevision.Any, new StreamMetadata { MaxCount = 1 }, Guid.NewGuid(), CancellationToken.None));

        Assert.IsType<DeleteResult.Deleted>(await administration.TombstoneAsync(other, ExpectedRevision.Any, CancellationToken.None));
    }

    private static async Task RefusedAsync(Func<Task> act)
    {
        var e = await Assert.ThrowsAsync<JournalException>(act);
        Assert.Equal(JournalFailure.Refused, e.Failure);
    }
}
