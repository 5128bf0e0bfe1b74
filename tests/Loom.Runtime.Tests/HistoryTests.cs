using System.Text;
using Loom.Core;

namespace Loom.Runtime.Tests;

public sealed class HistoryTests
{
    [Fact]
    public async Task Any_revision_replays_to_the_state_after_its_last_whole_transition()
    {
        await using var bench = new Bench();
        var runtime = bench.Start();
        for (var i = 0; i < 5; i++)
        {
            await bench.Accepted(runtime, "counter-a", "add", "{\"by\":1,\"parts\":3}");
        }

        var history = new ActorHistory(bench.Memory, runtime.Types);
        var actor = ActorId.Parse("counter-a");
        for (var revision = 0; revision < 15; revision++)
        {
            var state = await history.ReplayAsync(actor, revision);
            var whole = (revision + 1) / 3;
            Assert.Equal(whole == 0, state is null);
            if (state is not null)
            {
                Assert.Equal(((whole * 3) - 1L, true), (state.Revision, state.Matches));
                Assert.Equal($"{{\"total\":{whole * 3},\"wakes\":0}}", Encoding.UTF8.GetString(state.State.Span));
            }
        }

        Assert.Null(await history.ReplayAsync(ActorId.Parse("counter-nobody")));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => history.ReplayAsync(ActorId.Parse("other-a")));
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(2, 5)]
    [InlineData(3, 4)]
    [InlineData(7, 3)]
    [InlineData(99, 0)]
    public async Task Reading_from_a_revision_begins_at_its_whole_transition(long from, int transitions)
    {
        await using var bench = new Bench();
        var runtime = bench.Start();
        for (var i = 0; i < 5; i++)
        {
            await bench.Accepted(runtime, "counter-a", "add", "{\"by\":1,\"parts\":3}");
        }

        var read = 0;
        await foreach (var transition in new ActorHistory(bench.Memory, runtime.Types).ReadAsync(ActorId.Parse("counter-a"), from))
        {
            Assert.Equal(3, transition.Events.Count);
            Assert.True(transition.Link.LastRevision >= from);
            read++;
        }

        Assert.Equal(transitions, read);
        var states = 0;
        await foreach (var state in new ActorHistory(bench.Memory, runtime.Types).StatesAsync(ActorId.Parse("counter-a"), from))
        {
            var salt = state.Transition.Opening.PartSalt(Salts.To)!;
            Assert.Equal(state.Transition.Link.To, Salts.DigestOf(salt, state.State.Span));
            states++;
        }

        Assert.Equal(transitions, states);
    }
}
