using Loom.Core;
using Loom.Runtime.Import;

namespace Loom.Samples.Tests.Import;

public sealed class ImportMachineTests
{
    private const string Start =
        """{"file":"log.xes.gz","sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","bytes":"10","machine":"declaration@1","keys":{"role":"org:role","resource":null,"amount":null},"settings":{"fourEyes":"off"}}""";

    private const string Refusal =
        """{"block":0,"part":0,"refusals":[{"case":"c","step":3,"activity":"Pay","rule":"not-approved","message":"no"}]}""";

    private readonly InMemoryActor _import = new(new ImportMachine(), "import-1");

    [Fact]
    public void A_report_that_adds_up_is_finished()
    {
        _import.Send("start", Start).ShouldEmit("import-started.v1");
        _import.Send("record-refusals", Refusal).ShouldEmit("steps-refused.v1");
        _import.Send("finish", Finish(accepted: 4, refused: 1, steps: 5)).ShouldEmit("import-finished.v1");
        Assert.Equal("finished", _import.State!.Label);
        _import.Send("record-refusals", Refusal).ShouldBeRefused("ended");
    }

    [Theory]
    [InlineData(4, 1, 6)] // not the steps
    [InlineData(5, 0, 5)] // not what was recorded
    public void One_that_does_not_is_refused(int accepted, int refused, int steps)
    {
        _import.Send("start", Start).ShouldBeAccepted();
        _import.Send("record-refusals", Refusal).ShouldBeAccepted();
        _import.Send("finish", Finish(accepted, refused, steps)).ShouldBeRefused("counts-differ");
    }

    [Fact]
    public void Nothing_is_recorded_before_the_start_and_it_starts_once()
    {
        _import.Send("record-refusals", Refusal).ShouldBeRefused("not-started");
        _import.Send("start", Start).ShouldBeAccepted();
        _import.Send("start", Start).ShouldBeRefused("already-started");
        _import.Send("fail", """{"reason":"torn file","cases":0,"steps":0,"accepted":0,"refused":0}""").ShouldEmit("import-failed.v1");
        _import.Send("finish", Finish(0, 0, 0)).ShouldBeRefused("ended");
    }

    private static string Finish(int accepted, int refused, int steps) =>
        $$$"""{"cases":1,"steps":{{{steps}}},"accepted":{{{accepted}}},"refused":{{{refused}}},"kinds":{"Pay":{"accepted":{{{accepted}}},"refused":{{{refused}}} } } }""";
}
