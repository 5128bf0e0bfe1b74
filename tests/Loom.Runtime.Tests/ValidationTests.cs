using Loom.Core;

namespace Loom.Runtime.Tests;

public sealed class ValidationTests
{
    public static TheoryData<string, string, RefusalKind> BadCommands() => new()
    {
        { "unknown-actor-type", "type-unknown", RefusalKind.NotFound },
        { "reserved-command-type", "loom.timerFired", RefusalKind.Invalid },
        { "reserved-command-type", "$x", RefusalKind.Invalid },
        { "reserved-principal", "loom:runtime", RefusalKind.Forbidden },
        { "reserved-principal", "actor:counter-a", RefusalKind.Forbidden },
        { "invalid-principal", "a\u0000b", RefusalKind.Invalid },
        { "invalid-principal", "lone-surrogate", RefusalKind.Invalid },
        { "unknown-command", "no-such", RefusalKind.Invalid },
        { "invalid-command", "wrong-body", RefusalKind.Invalid },
        { "invalid-json", "not-json", RefusalKind.Invalid },
        { "invalid-json", "inexact", RefusalKind.Invalid },
        { "command-too-large", "large", RefusalKind.TooLarge },
        { "content-type", "text", RefusalKind.Invalid },
        { "invalid-expected-revision", "minus-two", RefusalKind.Invalid },
        { "invalid-correlation", "long-correlation", RefusalKind.Invalid },
        { "invalid-roles", "roles", RefusalKind.Invalid },
    };

    [Theory]
    [MemberData(nameof(BadCommands))]
    public async Task A_bad_command_is_refused_by_name_and_writes_nothing(string code, string what, RefusalKind kind)
    {
        await using var bench = new Bench();
        var good = bench.Command("counter-a", "add", "{\"by\":1}");
        var bad = (code, what) switch
        {
            ("unknown-actor-type", _) => good with { Actor = ActorId.Parse("nobody-a") },
            ("reserved-command-type", _) or ("unknown-command", _) => good with { Type = what },
            (_, "lone-surrogate") => good with { Principal = "lone \ud800" }, // not as data: a test runner would not keep it
            ("reserved-principal", _) or ("invalid-principal", _) => good with { Principal = what },
            (_, "wrong-body") => good with { Body = "[]"u8.ToArray() },
            (_, "not-json") => good with { Body = "{\"by\":1,\"by\":2}"u8.ToArray() },
            (_, "inexact") => good with { Body = "{\"by\":9007199254740993}"u8.ToArray() },
            (_, "large") => good with { Body = new byte[TransitionWriter.MaxInlineCommand + 1] },
            (_, "text") => good with { ContentType = "text/plain" },
            (_, "minus-two") => good with { ExpectedRevision = -2 },
            (_, "roles") => good with { Roles = [.. Enumerable.Range(0, 65).Select(i => $"r{i}")] },
            _ => good with { Correlation = new string('x', 257) },
        };

        var refused = Assert.IsType<CommandReply.Refused>(await bench.Start().SendAsync(bad, default));
        Assert.Equal((code, kind), (refused.Code, refused.Kind));
        Assert.Null(await bench.Memory.LastPositionAsync(default));
    }

    [Fact]
    public async Task Roles_are_recorded_sorted_and_once()
    {
        await using var bench = new Bench();
        await bench.Start().SendAsync(bench.Command("counter-a", "add", "{\"by\":1}") with { Roles = ["clerk", "auditor", "clerk"] }, default);
        Assert.Equal(["auditor", "clerk"], Assert.Single(await bench.History("counter-a")).Link.Command.Roles);
    }

    [Fact]
    public async Task The_hosts_rule_is_asked_and_its_refusal_is_the_answer()
    {
        await using var bench = new Bench();
        var types = new ActorTypes();
        types.Register(new CounterMachine());
        await using var runtime = new ActorRuntime(
            new ActorRuntimeOptions(), bench.Memory, bench.Leases, types, bench.Time, () => new byte[32], null, r => CommandPipeline.Standard(r, new NobodyMay()));
        var refused = Assert.IsType<CommandReply.Refused>(await runtime.SendAsync(bench.Command("counter-a", "add", "{\"by\":1}"), default));
        Assert.Equal("not-you", refused.Code);
        Assert.Equal(1, runtime.Statistics.RefusedByKind[RefusalKind.Forbidden]);
    }

    private sealed class NobodyMay : IAuthorizeCommand
    {
        public ValueTask<CommandReply.Refused?> AuthorizeAsync(ActorCommand command, CancellationToken cancellationToken) =>
            ValueTask.FromResult<CommandReply.Refused?>(new CommandReply.Refused(RefusalKind.Forbidden, "not-you", $"{command.Principal} may not."));
    }
}
