using System.Text;
using Loom.Core;
using Loom.Journal.Blobs;
using Loom.Samples.BankLedger;
using Loom.Testing;

namespace Loom.Runtime.Tests.Modules;

/// <summary>Actors whose machine is a module: they decide, last, load by running their commands again, and are upgraded.</summary>
public sealed class ModuleActorTests
{
    [Theory]
    [InlineData("counter")]
    [InlineData("counter-assemblyscript")]
    [InlineData("counter-c")]
    public async Task A_counter_counts_on_over_restarts_and_the_second_call_finds_the_module_compiled(string name)
    {
        await using var bench = new ModuleBench();
        var (runtime, modules) = await bench.StartAsync();
        var module = await ModuleBench.Add(modules, SampleModule.Of(name));
        await bench.Bench.Accepted(runtime, "counter-a", "increment", """{"by":40}""");
        Assert.Equal((1, 1), (modules.Statistics.Compiled, modules.Statistics.Calls));
        await bench.Bench.Accepted(runtime, "counter-a", "increment", "{}");
        await bench.Bench.Accepted(runtime, "counter-b", "increment", "{}");
        Assert.Equal((1, 3), (modules.Statistics.Compiled, modules.Statistics.Calls));

        // No drain, no snapshot: what a killed process leaves is the journal.
        var (later, again) = await bench.StartAsync();
        var done = await bench.Bench.Accepted(later, "counter-a", "increment", "{}");
        Assert.Equal(2, done.Revision);
        Assert.Equal((1, 1, 2), (again.Statistics.Compiled, again.Statistics.Calls, again.Statistics.Again));
        var state = await bench.History(later).ReplayAsync(ActorId.Parse("counter-a"));
        Assert.Equal(("""{"count":42}""", "42", true), (Encoding.UTF8.GetString(state!.State.Span), state.Label, state.Matches));
        Assert.All(await bench.Bench.History("counter-a"), t => Assert.Equal((module.Machine, "counter@1"), (t.Link.Machine, t.Link.ActorType)));
    }

    [Fact]
    public async Task Echo_says_back_any_json_and_a_large_command_is_run_again_from_its_blob()
    {
        await using var bench = new ModuleBench();
        var (runtime, modules) = await bench.StartAsync();
        await ModuleBench.Add(modules, SampleModule.Of("echo"));
        var large = $$"""{"said":"{{new string('x', 100_000)}}"}""";
        await bench.Bench.Accepted(runtime, "echo-a", "say", """[1,"zwei",{"drei":null}]""");
        await bench.Bench.Accepted(runtime, "echo-a", "say", large);
        var history = await bench.Bench.History("echo-a");
        Assert.Contains("zwei", Encoding.UTF8.GetString(history[0].Events[0].Data.Span), StringComparison.Ordinal);
        Assert.NotNull(history[1].Opening.CommandBlob);

        var (later, again) = await bench.StartAsync();
        Assert.Equal(2, (await bench.Bench.Accepted(later, "echo-a", "say", "1")).Revision);
        Assert.Equal(2, again.Statistics.Again);
    }

    [Fact]
    public async Task A_snapshot_shortens_loading_also_across_an_upgrade()
    {
        await using var bench = new ModuleBench();
        var (runtime, modules) = await bench.StartAsync(options: new ActorRuntimeOptions { SnapshotEvery = 5 });
        await ModuleBench.Add(modules, SampleModule.Of("counter"));
        for (var i = 0; i < 7; i++)
        {
            await bench.Bench.Accepted(runtime, "counter-a", "increment", "{}");
        }

        var (later, again) = await bench.StartAsync();
        await bench.Bench.Accepted(later, "counter-a", "increment", "{}");
        Assert.Equal(2, again.Statistics.Again);

        await ModuleBench.Add(again, SampleModule.Of("counter-c"), use: true);
        var (last, upgraded) = await bench.StartAsync();
        await bench.Bench.Accepted(last, "counter-a", "increment", "{}");
        Assert.Equal(3, upgraded.Statistics.Again);
        Assert.Equal("9", (await bench.History(last).ReplayAsync(ActorId.Parse("counter-a")))!.Label);
    }

    [Fact]
    public async Task Two_versions_run_side_by_side_and_a_running_actor_keeps_its_own_until_a_journaled_upgrade()
    {
        await using var bench = new ModuleBench();
        var (runtime, modules) = await bench.StartAsync();
        var one = await ModuleBench.Add(modules, SampleModule.Of("counter"));
        await bench.Bench.Accepted(runtime, "counter-a", "increment", """{"by":5}""");
        var two = await ModuleBench.Add(modules, new SampleModule(SampleModule.Of("counter-c").Wasm, SampleModule.Of("counter").Manifest).With(m =>
        {
            m["version"] = 2;
            m.Remove("sha256");
        }));
        Assert.True(two.Current);

        await bench.Bench.Accepted(runtime, "counter-b", "increment", "{}");
        await bench.Bench.Accepted(runtime, "counter-a", "increment", "{}");
        Assert.Equal([one.Machine, one.Machine], (await bench.Bench.History("counter-a")).Select(t => t.Link.Machine));
        Assert.Equal((two.Machine, "counter@2"), (await bench.Bench.History("counter-b")).Select(t => (t.Link.Machine, t.Link.ActorType)).Single());

        await runtime.DisposeAsync();
        var (later, _) = await bench.StartAsync();
        await bench.Bench.Accepted(later, "counter-a", "increment", "{}");
        var links = (await bench.Bench.History("counter-a")).Select(t => t.Link).ToList();
        Assert.Equal([one.Machine, one.Machine, two.Machine, two.Machine], links.Select(l => l.Machine));
        Assert.Equal([LinkKind.Command, LinkKind.Command, LinkKind.Upgrade, LinkKind.Command], links.Select(l => l.Kind));
        var upgrade = (await bench.Bench.History("counter-a"))[2];
        Assert.Equal("loom.upgraded", Assert.Single(upgrade.Events).Type);
        Assert.Equal($$"""{"from":"{{one.Machine}}","to":"{{two.Machine}}"}""", Encoding.UTF8.GetString(upgrade.Events[0].Data.Span));
        Assert.Equal(upgrade.Link.To, Salts.DigestOf(Salts.Part(upgrade.Opening.Salt!, Salts.To), """{"count":6}"""u8));
        Assert.Equal("7", (await bench.History(later).ReplayAsync(ActorId.Parse("counter-a")))!.Label);
    }

    [Fact]
    public async Task Changed_bytes_are_refused_on_replay_by_name_and_a_missing_module_is_a_finding()
    {
        await using var bench = new ModuleBench();
        var (runtime, modules) = await bench.StartAsync();
        var module = await ModuleBench.Add(modules, SampleModule.Of("counter"));
        await bench.Bench.Accepted(runtime, "counter-a", "increment", "{}");
        await runtime.DisposeAsync();

        foreach (var (store, code) in new[] { (new MemoryBlobStore(), "module-missing"), ((IBlobStore)new ChangedBlobs(bench.Blobs), "module-wrong") })
        {
            var (later, registry) = await bench.StartAsync(blobs: store);
            var refused = Assert.IsType<CommandReply.Refused>(await bench.Bench.Send(later, "counter-a", "increment", "{}"));
            Assert.Equal((RefusalKind.Fault, code), (refused.Kind, refused.Code));
            Assert.Contains("counter@1", refused.Message, StringComparison.Ordinal);
            Assert.Contains(module.Hash.ToString(), refused.Message, StringComparison.Ordinal);
            var finding = Assert.Single(later.Statistics.Findings);
            Assert.Equal((code, "counter-a"), (finding.Code, finding.Stream.Value));
            await Assert.ThrowsAsync<HistoryException>(() => registry.ReadAsync(module, default));
        }

        Assert.Single(await bench.Bench.History("counter-a"));
    }

    /// <summary>A store in whose place of a module other bytes lie; like every store it refuses to give them for that hash.</summary>
    private sealed class ChangedBlobs(IBlobStore inner) : IBlobStore
    {
        public int MaxBytes => inner.MaxBytes;

        public Task PutAsync(BlobName name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => inner.PutAsync(name, content, cancellationToken);

        public Task<ReadOnlyMemory<byte>?> GetAsync(BlobName name, CancellationToken cancellationToken) =>
            throw new BlobException(BlobFailure.WrongContent, $"What is stored as {name} is something else.");

        public Task<BlobInfo?> FindAsync(BlobName name, CancellationToken cancellationToken) => inner.FindAsync(name, cancellationToken);

        public Task<IReadOnlyList<string>> ListAreasAsync(string prefix, CancellationToken cancellationToken) => inner.ListAreasAsync(prefix, cancellationToken);

        public Task<IReadOnlyList<BlobInfo>> ListAsync(string area, Digest? after, int limit, CancellationToken cancellationToken) => inner.ListAsync(area, after, limit, cancellationToken);

        public Task<bool> DeleteAsync(BlobName name, CancellationToken cancellationToken) => inner.DeleteAsync(name, cancellationToken);
    }

    [Fact]
    public async Task A_state_that_the_module_does_not_give_is_refused_with_stream_revision_and_both_hashes()
    {
        await using var bench = new ModuleBench();
        var (runtime, modules) = await bench.StartAsync();
        var module = await ModuleBench.Add(modules, SampleModule.Of("counter"));
        var first = await bench.Bench.Accepted(runtime, "counter-a", "increment", "{}");
        await runtime.DisposeAsync();

        // Somebody who may write the journal adds a transition that the module would never make.
        var link = (await bench.Bench.History("counter-a"))[0].Link;
        var forged = TransitionWriter.Write(new TransitionDraft
        {
            Stream = link.Stream,
            Previous = link,
            ActorType = link.ActorType,
            Machine = module.Machine,
            CommandId = CommandId.Parse("forged"),
            CommandType = "increment",
            Command = "{}"u8.ToArray(),
            Principal = "mallory",
            Events = [new EmittedEvent("incremented.v1", EventData.Json, """{"by":1,"count":1000}"""u8.ToArray())],
            State = """{"count":1000}"""u8.ToArray(),
            Fence = link.Fence,
            At = link.At,
            Salt = new byte[32],
        });
        await bench.Bench.Journal.AppendAsync(link.Stream, Journal.ExpectedRevision.After(first.Revision), forged.Events, default);

        var (later, _) = await bench.StartAsync();
        var refused = Assert.IsType<CommandReply.Refused>(await bench.Bench.Send(later, "counter-a", "increment", "{}"));
        Assert.Equal("state-mismatch", refused.Code);
        Assert.Contains("counter-a at revision 1", refused.Message, StringComparison.Ordinal);
        Assert.Contains(forged.Link.To.ToString(), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_ledger_module_and_the_ledger_in_csharp_do_the_same()
    {
        await using var bench = new ModuleBench();
        var (runtime, modules) = await bench.StartAsync(machines: [new AccountMachine()]);
        await ModuleBench.Add(modules, SampleModule.Of("bank-ledger"));
        (string Command, string Body)[] commands =
        [
            ("deposit", """{"amount":"5"}"""), ("open", """{"owner":"Alïce","overdraft":"500"}"""), ("deposit", """{"amount":"1000","reference":"salary"}"""),
            ("withdraw", """{"amount":"250"}"""), ("withdraw", """{"amount":"99999"}"""), ("deposit", """{"amount":7}"""), ("close", "{}"),
        ];
        foreach (var (command, body) in commands)
        {
            var mine = await bench.Bench.Send(runtime, "ledger-alice", command, body);
            var theirs = await bench.Bench.Send(runtime, "account-alice", command, body);
            Assert.Equal(theirs is CommandReply.Accepted, mine is CommandReply.Accepted);
            if (theirs is CommandReply.Rejected no)
            {
                Assert.Equal(no.Code, Assert.IsType<CommandReply.Rejected>(mine).Code);
            }
        }

        var wasm = await bench.History(runtime).ReplayAsync(ActorId.Parse("ledger-alice"));
        var dotnet = await bench.History(runtime).ReplayAsync(ActorId.Parse("account-alice"));
        Assert.Equal(Encoding.UTF8.GetString(dotnet!.State.Span), Encoding.UTF8.GetString(wasm!.State.Span));
        Assert.Equal("Open", wasm.Label);
        Assert.Equal(
            (await bench.Bench.History("account-alice")).SelectMany(t => t.Events).Select(e => (e.Type, Encoding.UTF8.GetString(e.Data.Span))),
            (await bench.Bench.History("ledger-alice")).SelectMany(t => t.Events).Select(e => (e.Type, Encoding.UTF8.GetString(e.Data.Span))));
    }

    [Fact]
    public async Task The_directory_shows_the_label_that_the_manifest_points_to()
    {
        await using var bench = new ModuleBench();
        var (runtime, modules) = await bench.StartAsync();
        await ModuleBench.Add(modules, SampleModule.Of("counter"));
        await bench.Bench.Accepted(runtime, "counter-a", "increment", """{"by":2}""");
        await bench.Bench.Accepted(runtime, "counter-a", "increment", """{"by":3}""");
        await using var directory = new ActorDirectory(new ActorRuntimeOptions { Blobs = bench.Blobs }, bench.Bench.Journal, runtime.Types, bench.Bench.Time);
        await directory.StartAsync(default);
        await bench.Bench.Until(() => directory.Find(ActorId.Parse("counter-a"))?.Transitions == 2);
        var entry = directory.Find(ActorId.Parse("counter-a"))!;
        var counter = modules.Find("counter", 1)!.Machine;
        Assert.Equal(("5", (MachineId?)counter), (entry.Label, entry.Module));
        Assert.Equal(1, directory.UsersOf(counter));
        Assert.Equal(entry, Assert.Single((await directory.FindAsync(new DirectoryQuery { Module = counter }, default)).Entries));
    }
}
