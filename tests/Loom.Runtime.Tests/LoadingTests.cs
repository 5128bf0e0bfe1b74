using System.Text;
using Loom.Core;

namespace Loom.Runtime.Tests;

public sealed class LoadingTests
{
    [Fact]
    public async Task A_hot_actor_is_never_read_again()
    {
        FaultyJournal? journal = null;
        await using var bench = new Bench(inner => journal = new FaultyJournal(inner));
        var runtime = bench.Start();
        await bench.Accepted(runtime, "counter-a", "add", "{\"by\":1}");
        var reads = journal!.Reads;
        for (var i = 0; i < 100; i++)
        {
            await bench.Accepted(runtime, "counter-a", "add", "{\"by\":1}");
        }

        Assert.Equal(reads, journal.Reads);
        Assert.Equal(1, runtime.Statistics.Loads);
    }

    [Fact]
    public async Task A_snapshot_shortens_the_load_and_deleting_it_loses_nothing()
    {
        await using var bench = new Bench();
        var options = new ActorRuntimeOptions { SnapshotEvery = 10 };
        await using (var runtime = bench.Start(options))
        {
            for (var i = 0; i < 25; i++)
            {
                await bench.Accepted(runtime, "counter-a", "add", "{\"by\":1,\"parts\":2}", $"n-{i}");
            }

            Assert.Equal(2, runtime.Statistics.SnapshotsWritten);
        }

        await using (var runtime = bench.Start(options))
        {
            Assert.True(Assert.IsType<CommandReply.Accepted>(await bench.Send(runtime, "counter-a", "add", "{\"by\":1,\"parts\":2}", "n-3")).Repeated);
            Assert.Equal(1, runtime.Statistics.SnapshotsUsed);
            Assert.True(runtime.Statistics.LoadedEvents < 20, $"{runtime.Statistics.LoadedEvents} events read");
        }

        foreach (var name in bench.Files.Names)
        {
            bench.Files.Delete(name);
        }

        await using (var runtime = bench.Start(options))
        {
            Assert.True(Assert.IsType<CommandReply.Accepted>(await bench.Send(runtime, "counter-a", "add", "{\"by\":1,\"parts\":2}", "n-3")).Repeated);
            Assert.Equal((0L, 50L), (runtime.Statistics.SnapshotsUsed, runtime.Statistics.LoadedEvents));
        }
    }

    [Fact]
    public async Task A_snapshot_that_does_not_fit_the_journal_is_thrown_away()
    {
        await using var bench = new Bench();
        await using (var other = new Bench())
        {
            await using var runtime = other.Start(new ActorRuntimeOptions { SnapshotEvery = 1 });
            await other.Accepted(runtime, "counter-a", "add", "{\"by\":7}");
            await runtime.DisposeAsync();
            var name = Assert.Single(other.Files.Names, n => n.StartsWith("snapshots/", StringComparison.Ordinal));
            bench.Files.Write(name, other.Files.Read(name)!);
        }

        var mine = bench.Start();
        await bench.Accepted(mine, "counter-a", "add", "{\"by\":1}");
        Assert.Equal(0, mine.Statistics.SnapshotsUsed);
        var state = await new ActorHistory(bench.Memory, mine.Types).ReplayAsync(ActorId.Parse("counter-a"));
        Assert.Equal("{\"total\":1,\"wakes\":0}", Encoding.UTF8.GetString(state!.State.Span));
    }

    [Fact]
    public async Task A_damaged_state_file_counts_as_none()
    {
        var path = Directory.CreateTempSubdirectory("loom-state").FullName;
        try
        {
            var folder = new StateFolder(path);
            folder.Write("a/b", "hello"u8);
            Assert.Equal("hello"u8.ToArray(), new StateFolder(path).Read("a/b"));
            var file = Path.Combine(path, "a", "b");
            var bytes = await File.ReadAllBytesAsync(file);
            for (var i = 0; i < bytes.Length; i++)
            {
                bytes[i] ^= 1;
                await File.WriteAllBytesAsync(file, bytes);
                Assert.Null(folder.Read("a/b"));
                bytes[i] ^= 1;
            }

            await File.WriteAllBytesAsync(file, bytes.AsMemory(0, 20));
            Assert.Null(folder.Read("a/b"));
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }

    [Fact]
    public async Task A_new_version_appends_one_upgrade_and_goes_on_from_the_old_events()
    {
        await using var bench = new Bench();
        await using (var runtime = bench.Start())
        {
            await bench.Accepted(runtime, "counter-a", "add", "{\"by\":3}");
            await bench.Accepted(runtime, "counter-a", "add", "{\"by\":4}");
        }

        for (var i = 0; i < 2; i++)
        {
            await using var runtime = bench.Start(null, new CounterMachineV2());
            await bench.Accepted(runtime, "counter-a", "add", "{\"by\":1}");
            Assert.Equal(i == 0 ? 1 : 0, runtime.Statistics.Upgrades);
        }

        var history = await bench.History("counter-a");
        Assert.Equal([LinkKind.Command, LinkKind.Command, LinkKind.Upgrade, LinkKind.Command, LinkKind.Command], history.Select(t => t.Link.Kind));
        var upgrade = history[2];
        Assert.Equal(("loom.upgrade", "loom:runtime", "counter@2"), (upgrade.Link.Command.Type, upgrade.Link.Command.Principal, upgrade.Link.ActorType));
        Assert.Equal("loom.upgraded", Assert.Single(upgrade.Events).Type);
        const string Body = "{\"from\":\"dotnet:counter@1\",\"to\":\"dotnet:counter@2\"}";
        Assert.Equal(Body, Encoding.UTF8.GetString(upgrade.Events[0].Data.Span));
        Assert.Equal(Body, Encoding.UTF8.GetString(upgrade.Opening.Command!));
        Assert.Equal(UuidV5.DerivedCommand("counter-a\n2\ndotnet:counter@2"), upgrade.Link.Command.Id);
        Assert.Equal(history[1].Link.To, upgrade.Link.From);
        var types = new ActorTypes();
        types.Register(new CounterMachineV2());
        var state = await new ActorHistory(bench.Memory, types).ReplayAsync(ActorId.Parse("counter-a"));
        Assert.Equal("{\"additions\":4,\"total\":9,\"wakes\":0}", Encoding.UTF8.GetString(state!.State.Span));
    }

    [Fact]
    public async Task An_older_version_refuses_the_stream_of_a_newer_one()
    {
        await using var bench = new Bench();
        await using (var runtime = bench.Start(null, new CounterMachineV2()))
        {
            await bench.Accepted(runtime, "counter-a", "add", "{\"by\":3}");
        }

        var old = bench.Start();
        var refused = Assert.IsType<CommandReply.Refused>(await bench.Send(old, "counter-a", "add", "{\"by\":3}"));
        Assert.Equal(RefusalKind.Fault, refused.Kind);
        Assert.Single(old.Statistics.Findings);
    }

    [Fact]
    public async Task A_machine_that_folds_differently_is_refused_with_both_digests_and_becomes_a_finding()
    {
        await using var bench = new Bench();
        await using (var runtime = bench.Start())
        {
            await bench.Accepted(runtime, "counter-a", "add", "{\"by\":3}");
        }

        var link = Assert.Single(await bench.History("counter-a")).Link;
        var changed = bench.Start(null, new CounterMachineChanged());
        var refused = Assert.IsType<CommandReply.Refused>(await bench.Send(changed, "counter-a", "add", "{\"by\":3}"));
        Assert.Equal((RefusalKind.Fault, "state-mismatch"), (refused.Kind, refused.Code));
        Assert.Contains("counter-a at revision 0", refused.Message, StringComparison.Ordinal);
        Assert.Contains(link.To.ToString(), refused.Message, StringComparison.Ordinal);
        var finding = Assert.Single(changed.Statistics.Findings);
        Assert.Equal(("counter-a", 0L), (finding.Stream.Value, finding.Revision));
        Assert.Single(await bench.History("counter-a"));
    }

    [Fact]
    public void The_quick_look_at_metadata_agrees_with_the_strict_reader()
    {
        var salt = new byte[32];
        string[] ids = ["simple", "\"command\":{", "back\\slash", "{}[]\"':,", "~!@#$%"];
        foreach (var id in ids)
        {
            var written = TransitionWriter.Write(new TransitionDraft
            {
                Stream = StreamName.Parse("counter-a"),
                Previous = null,
                ActorType = "counter@1",
                Machine = MachineId.DotNet("counter", 1),
                CommandId = CommandId.Parse(id),
                CommandType = "\"command\":{\"id\":\"x\"",
                Command = "{}"u8.ToArray(),
                Principal = "p \"loom\":{\"actorType\":",
                Events = [new EmittedEvent("e", EventData.Json, "{}"u8.ToArray()), new EmittedEvent("e", EventData.Json, "{}"u8.ToArray())],
                State = "{}"u8.ToArray(),
                Fence = 1,
                At = Timestamp.Parse("2026-01-01T00:00:00.000000Z"),
                Salt = salt,
                Correlation = "\"loom\":{\"count\":",
            });
            Assert.Equal(MetadataScan.Found.Part, MetadataScan.Scan(written.Events[0].Metadata.Span, out _));
            var found = MetadataScan.Scan(written.Events[1].Metadata.Span, out var scanned);
            Assert.True(found == MetadataScan.Found.Unclear || (found == MetadataScan.Found.Link && scanned == id), $"{id}: {found} {scanned}");
            Assert.True(id.Contains('"', StringComparison.Ordinal) || id.Contains('\\', StringComparison.Ordinal) || found == MetadataScan.Found.Link, id);
        }

        Assert.Equal(MetadataScan.Found.Unclear, MetadataScan.Scan("{}"u8, out _));
        Assert.Equal(MetadataScan.Found.Unclear, MetadataScan.Scan("{\"loom\":{\"actorType\":\"x\",\"command\":{"u8, out _));
    }

    [Fact]
    public void The_oldest_command_ids_age_out_first()
    {
        var index = new CommandIndex(3);
        for (var i = 0; i < 5; i++)
        {
            index.Add($"c{i}", i);
        }

        Assert.Equal(["c2", "c3", "c4"], index.ToList().Select(e => e.Key));
        Assert.False(index.TryFind("c1", out _));
        Assert.True(index.TryFind("c4", out var revision));
        Assert.Equal(4, revision);
    }
}
