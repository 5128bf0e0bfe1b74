using Loom.Core;

namespace LoomMachine.Tests;

public sealed class LoomMachineTests
{
    private readonly InMemoryActor _actor = new(new LoomMachineMachine(), "loomMachine-1");

    [Fact]
    public void What_was_created_can_be_finished_once()
    {
        Assert.IsType<MachineOutcome.Accepted>(_actor.Send("create", """{"title":"Try it"}"""));
        Assert.IsType<MachineOutcome.Accepted>(_actor.Send("finish", "{}"));
        var rejected = Assert.IsType<MachineOutcome.Rejected>(_actor.Send("finish", "{}"));
        Assert.Equal("finished", rejected.Rejection.Code);
        Assert.Equal(["created.v1", "finished.v1"], _actor.Events.Select(e => e.Type));
    }

    [Fact]
    public void The_machine_keeps_the_rules() => Assert.Empty(MachineRules.Check(typeof(LoomMachineMachine).Assembly));
}
