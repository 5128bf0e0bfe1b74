using Loom.Core;
using Loom.Testing;

namespace Loom.Runtime.Tests.Modules;

/// <summary>Whatever a module does wrong reaches the caller under its own name, and changes nothing.</summary>
public sealed class ModuleFailureTests
{
    private const string Good = """[{"type":"happened.v1","data":{}}]""";

    private static readonly (string Code, Func<byte[]> Module, string Reason)[] All =
    [
        ("module-trapped", () => TinyModule.Trapping(), "unreachable"),
        ("module-trapped", () => TinyModule.Grasping(), "memory"),
        ("module-aborted", () => TinyModule.Aborting(), "loom.abort(7)"),
        ("module-out-of-fuel", () => TinyModule.Endless(), "5000000 units of fuel"),
        ("module-stack-exhausted", () => TinyModule.Recursive(), "nested too deeply"),
        ("module-output-invalid", () => TinyModule.Giving([]), "no frame"),
        ("module-output-invalid", () => TinyModule.Giving([0, 0, 0, 0, 9, 0, 0, 0, 1]), "no frame"),
        ("module-output-invalid", () => TinyModule.Giving(TinyModule.Frame(2, [], "[]"u8.ToArray())), "status is 2"),
        ("module-output-invalid", () => TinyModule.Accepting("{}", ""), "events that cannot be taken"),
        ("module-output-invalid", () => TinyModule.Accepting("{}", "{}"), "no JSON array"),
        ("module-output-invalid", () => TinyModule.Accepting("{}", """[{"type":"happened.v1"}]"""), "number 1"),
        ("module-output-invalid", () => TinyModule.Accepting("{}", """[{"type":"happened.v1","data":{},"more":1}]"""), "number 1"),
        ("module-output-invalid", () => TinyModule.Accepting("{}", """[{"type":7,"data":{}}]"""), "number 1"),
        ("module-output-invalid", () => TinyModule.Accepting("{}", """[{"type":"happened.v1","data":9007199254740993}]"""), "cannot be taken"),
        ("module-output-invalid", () => TinyModule.Accepting("{}", """[{"type":"happened.v1","data":{"a":1,"a":2}}]"""), "cannot be taken"),
        ("module-output-invalid", () => TinyModule.Giving(TinyModule.Frame(0, [], [(byte)'[', (byte)'"', 0xff, (byte)'"', (byte)']'])), "UTF-8"),
        ("module-output-invalid", () => TinyModule.Rejecting("no"), "rejection"),
        ("module-output-invalid", () => TinyModule.Rejecting("""{"code":"x"}"""), "rejection"),
        ("module-output-too-large", () => TinyModule.Giving([0, 0, 0, 0, .. BitConverter.GetBytes(ModuleBounds.MaxStateBytes + 1)], zeros: ModuleBounds.MaxStateBytes + 1 + 4), "state"),
        ("module-output-too-large", () => TinyModule.Accepting("{}", Good + new string(' ', ModuleBounds.MaxEventsBytes)), "events"),
        ("module-output-too-large", () => TinyModule.Accepting("{}", $"[{string.Join(',', Enumerable.Repeat("""{"type":"happened.v1","data":1}""", 1001))}]"), "1001 events"),
        ("reserved-event-type", () => TinyModule.Accepting("{}", """[{"type":"loom.upgraded","data":{}}]"""), "reserved"),
        ("reserved-event-type", () => TinyModule.Accepting("{}", """[{"type":"$deleted","data":{}}]"""), "reserved"),
        ("state-without-events", () => TinyModule.Accepting("{}", "[]"), "without an event"),
    ];

    public static TheoryData<string, string, int> Faults
    {
        get
        {
            var data = new TheoryData<string, string, int>();
            for (var i = 0; i < All.Length; i++)
            {
                data.Add(All[i].Code, All[i].Reason, i); // modules are made when they are needed: some are large
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_has_its_own_code_names_module_and_actor_and_changes_nothing(string code, string reason, int fault)
    {
        await using var bench = new ModuleBench();
        var (runtime, modules) = await bench.StartAsync(new ModuleSettings { Fuel = 5_000_000 });
        var module = await ModuleBench.Add(modules, SampleModule.Make(All[fault].Module()));
        for (var i = 0; i < 2; i++)
        {
            var refused = Assert.IsType<CommandReply.Refused>(await bench.Bench.Send(runtime, "tiny-a", "go", "{}"));
            Assert.Equal((RefusalKind.Fault, code), (refused.Kind, refused.Code));
            Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
            Assert.Contains(module.Machine.Value, refused.Message, StringComparison.Ordinal);
            Assert.Contains("tiny-a", refused.Message, StringComparison.Ordinal);
        }

        Assert.Empty(await bench.Bench.History("tiny-a"));
    }

    [Fact]
    public async Task A_rejection_is_a_value_and_the_command_may_be_sent_again()
    {
        await using var bench = new ModuleBench();
        var (runtime, modules) = await bench.StartAsync();
        await ModuleBench.Add(modules, SampleModule.Make(TinyModule.Rejecting("""{"message":"Not today.","code":"closed"}""")));
        var rejected = Assert.IsType<CommandReply.Rejected>(await bench.Bench.Send(runtime, "tiny-a", "go", "{}", id: "one"));
        Assert.Equal(("closed", "Not today."), (rejected.Code, rejected.Message));
        Assert.IsType<CommandReply.Rejected>(await bench.Bench.Send(runtime, "tiny-a", "go", "{}", id: "one"));
        Assert.Empty(await bench.Bench.History("tiny-a"));
    }

    [Fact]
    public async Task A_command_that_the_manifest_does_not_name_is_refused_before_the_module_runs()
    {
        await using var bench = new ModuleBench();
        var (runtime, modules) = await bench.StartAsync();
        await ModuleBench.Add(modules, SampleModule.Of("counter"));
        var refused = Assert.IsType<CommandReply.Refused>(await bench.Bench.Send(runtime, "counter-a", "explode", "{}"));
        Assert.Equal((RefusalKind.Invalid, "unknown-command"), (refused.Kind, refused.Code));
        Assert.Contains("increment, reset", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, modules.Statistics.Calls);
    }

    [Theory]
    [InlineData("{\"by\":", "invalid-json")]
    [InlineData("{\"by\":9007199254740993}", "invalid-json")]
    [InlineData("{\"by\":\"\\ud800\"}", "invalid-json")]
    public async Task Bodies_that_are_no_json_never_reach_the_module(string body, string code)
    {
        await using var bench = new ModuleBench();
        var (runtime, modules) = await bench.StartAsync();
        await ModuleBench.Add(modules, SampleModule.Of("echo"));
        Assert.Equal(code, Assert.IsType<CommandReply.Refused>(await bench.Bench.Send(runtime, "echo-a", "say", body)).Code);
        var invalid = bench.Bench.Command("echo-a", "say", "") with { Body = new byte[] { (byte)'"', 0xc3, (byte)'"' } };
        Assert.Equal("invalid-json", Assert.IsType<CommandReply.Refused>(await runtime.SendAsync(invalid, default)).Code);
        var huge = bench.Bench.Command("echo-a", "say", $"\"{new string('x', 2 << 20)}\"");
        Assert.Equal("command-too-large", Assert.IsType<CommandReply.Refused>(await runtime.SendAsync(huge, default)).Code);
        Assert.Equal(0, modules.Statistics.Calls);
    }

    [Fact]
    public async Task Less_fuel_for_decisions_does_not_keep_what_was_accepted_from_loading()
    {
        await using var bench = new ModuleBench();
        var (runtime, modules) = await bench.StartAsync();
        await ModuleBench.Add(modules, SampleModule.Of("counter"));
        await bench.Bench.Accepted(runtime, "counter-a", "increment", "{}");

        var (later, _) = await bench.StartAsync(new ModuleSettings { Fuel = 10 });
        var refused = Assert.IsType<CommandReply.Refused>(await bench.Bench.Send(later, "counter-a", "increment", "{}"));
        Assert.Equal("module-out-of-fuel", refused.Code);
        Assert.Equal("1", (await bench.History(later).ReplayAsync(ActorId.Parse("counter-a")))!.Label);
    }
}
