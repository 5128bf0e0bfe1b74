using Loom.Contracts;
using Loom.Journal;
using Loom.Testing;

namespace Loom.EventStoreDb.Tests.RealServer;

/// <summary>
/// The journal's promises on a real EventStoreDB, which <c>LOOM_TEST_ESDB</c> names with a connection string. What the server holds already
/// stays as it is; the tests leave their own streams there.
/// </summary>
[NeedsVariable(Variable, "esdb://…")]
[DoesNotHoldHere(nameof(Metadata_hides_what_is_too_old), "a server's clock cannot be moved: $maxAge runs on journals of Loom's own")]
[DoesNotHoldHere(
    nameof(A_repeated_append_to_a_stream_that_came_back_is_answered_as_the_first_was),
    "EventStoreDB calls a repeated append at 'no stream' to a stream that came back a conflict (docs/decisions/0010)")]
[DoesNotHoldHere(
    nameof(Promise_7_metadata_of_before_an_actors_birth_hides_nothing_of_it),
    "EventStoreDB knows no actors and lets older metadata hide their events: loading such an actor fails and says so (docs/decisions/0009)")]
public sealed class RealServerContractTests : JournalContract
{
    private const string Variable = "LOOM_TEST_ESDB";

    protected override int ModelSeeds => Tier.Count(ci: 10, @long: 200);

    protected override bool MovesClock => false;

    protected override async Task<IJournal> CreateAsync() => await CornerOfServer.OpenAsync(await ConnectAsync(), None);

    protected override async Task<IJournal> ReopenAsync() => await ((CornerOfServer)Journal).OnAsync(await ConnectAsync());

    private static async Task<EventStoreDbJournal> ConnectAsync() => await EventStoreDbJournal.ConnectAsync(
        new EventStoreDbJournalOptions
        {
            Settings = EventStoreDbSettings.Parse(Environment.GetEnvironmentVariable(Variable)!),
            RetryDuring = TimeSpan.FromMinutes(1),
        },
        None);
}
