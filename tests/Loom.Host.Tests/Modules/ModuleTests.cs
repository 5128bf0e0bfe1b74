using System.Text;
using System.Text.Json;
using Loom.Api;
using Loom.Testing;

namespace Loom.Host.Tests.Modules;

/// <summary>WebAssembly modules over HTTP: uploaded, listed, run, refused, and still there after a kill.</summary>
public sealed class ModuleTests
{
    [Fact]
    public async Task An_uploaded_module_decides_is_listed_with_its_users_and_is_there_after_a_restart()
    {
        using var folder = new Folder();
        var counter = SampleModule.Of("counter");
        await using (var host = await RunningHost.StartOnAsync(folder["data"]))
        {
            using var added = await host.Http.ModuleAsync(counter);
            var report = await added.ReadAsync(LoomJson.Default.ModuleReportResult, 201);
            Assert.True(report is { Accepted: true, KnownAlready: false, Module: { Current: true, Actors: 0 }, Contents.Provable: true });
            Assert.Contains(report.Contents!.Exports, e => e.StartsWith("loom_main ", StringComparison.Ordinal));
            using var again = await host.Http.ModuleAsync(counter);
            Assert.True((await again.ReadAsync(LoomJson.Default.ModuleReportResult)).KnownAlready);

            await host.Http.DoneAsync("counter-a", "increment", """{"by":41}""");
            await host.Http.DoneAsync("counter-a", "increment");
            using var rejected = await host.Http.CommandAsync("counter-a", "increment", """{"by":0}""");
            Assert.Equal("not-positive", (await rejected.ProblemAsync(422, "rejected")).Rejection);
            using var unknown = await host.Http.CommandAsync("counter-a", "explode");
            await unknown.ProblemAsync(400, "unknown-command");
            Assert.Contains("loom_module_compilations_total 1", await host.Http.GetStringAsync("/metrics"), StringComparison.Ordinal);
        }

        await using (var host = await RunningHost.StartOnAsync(folder["data"]))
        {
            var item = Assert.Single((await host.Http.GetAsync("/api/modules", LoomJson.Default.ModuleList)).Modules);
            Assert.Equal(("counter", 1, "counter", (long)counter.Wasm.Length), (item.Name, item.Version, item.ActorType, item.Size));
            Assert.Equal(counter.Wasm, await host.Http.GetByteArrayAsync("/api/modules/counter/1/wasm"));
            var detail = await host.Http.GetAsync("/api/modules/counter/1", LoomJson.Default.ModuleDetail);
            Assert.Equal("counter", detail.Manifest.GetProperty("actorType").GetString());

            await host.Http.DoneAsync("counter-a", "increment");
            var actor = await host.Http.GetAsync("/api/actors/counter-a", LoomJson.Default.ActorDetail);
            Assert.Equal(("43", item.Machine, 43), (actor.Label, actor.Machine, actor.State!.Value.GetProperty("count").GetInt32()));
            var users = await Commands.UntilAsync(
                () => host.Http.GetAsync("/api/modules/counter/1/actors", LoomJson.Default.ModuleUsers), u => u.Actors.Any(a => a.Revision == 2));
            Assert.Equal(("counter-a", 1, 1), (users.Actors.Single().Actor, users.Total, users.Module.Actors));
            var type = await host.Http.GetAsync("/api/types/counter", LoomJson.Default.TypeItem);
            Assert.Equal(item.Machine, type.Machine);
            Assert.Contains(type.Commands, c => c.Type == "increment" && c.Schema.GetProperty("properties").TryGetProperty("by", out _));
        }
    }

    [Fact]
    public async Task A_killed_host_has_counted_every_acknowledged_command_once()
    {
        using var folder = new Folder();
        string[] args = ["--modules", SampleModule.Folder];
        for (var round = 0; round < 2; round++)
        {
            await using var host = await ChildHost.StartAsync(folder["data"], args);
            for (var i = 0; i < 5; i++)
            {
                await host.Http.DoneAsync("counter-a", "increment", "{}", ("Idempotency-Key", $"{round}-{i}"));
            }

            await host.KillAsync();
        }

        await using var last = await RunningHost.StartOnAsync(folder["data"], args);
        Assert.True((await last.Http.DoneAsync("counter-a", "increment", "{}", ("Idempotency-Key", "1-4"))).Repeated);
        Assert.Equal("10", (await last.Http.GetAsync("/api/actors/counter-a", LoomJson.Default.ActorDetail)).Label);
        var modules = (await last.Http.GetAsync("/api/modules", LoomJson.Default.ModuleList)).Modules;
        Assert.Equal(["counter"], modules.Where(m => m.ActorType == "counter" && m.Current).Select(m => m.Name));
        Assert.Contains(modules, m => m is { Name: "counter-c", Current: false, By: "loom:host" });
    }

    [Fact]
    public async Task Another_module_is_used_from_the_next_load_on_and_the_upgrade_is_journaled()
    {
        using var folder = new Folder();
        await using (var host = await RunningHost.StartOnAsync(folder["data"], "--modules", SampleModule.Folder))
        {
            await host.Http.DoneAsync("counter-a", "increment");
            using var used = await host.Http.PostAsync("/api/modules/counter-c/1/use", null);
            Assert.True((await used.ReadAsync(LoomJson.Default.ModuleItem)).Current);
            await host.Http.DoneAsync("counter-a", "increment");
            await host.Http.DoneAsync("counter-b", "increment");
            using var unknown = await host.Http.PostAsync("/api/modules/counter-c/7/use", null);
            await unknown.ProblemAsync(404, "unknown-module");
        }

        await using (var host = await RunningHost.StartOnAsync(folder["data"], "--modules", SampleModule.Folder))
        {
            await host.Http.DoneAsync("counter-a", "increment");
            var history = (await host.Http.GetAsync("/api/actors/counter-a/transitions", LoomJson.Default.TransitionList)).Transitions;
            Assert.Equal(["command", "command", "upgrade", "command"], history.Select(t => t.Kind));
            Assert.Equal(2, history.Select(t => t.Machine).Distinct().Count());
            Assert.Equal(history[3].Machine, (await host.Http.GetAsync("/api/actors/counter-b", LoomJson.Default.ActorDetail)).Machine);
        }
    }

    [Fact]
    public async Task What_a_module_does_wrong_is_a_problem_of_its_own_and_the_host_goes_on()
    {
        await using var host = await RunningHost.StartAsync("--wasm.fuel", "100000", "--logging.level", "none");
        (string Type, byte[] Wasm, string Code)[] hostile =
        [
            ("endless", TinyModule.Endless(), "module-out-of-fuel"), ("deep", TinyModule.Recursive(), "module-stack-exhausted"), ("trap", TinyModule.Trapping(), "module-trapped"),
            ("grasp", TinyModule.Grasping(), "module-trapped"), ("babble", TinyModule.Giving([1, 2, 3]), "module-output-invalid"), ("quit", TinyModule.Aborting(), "module-aborted"),
        ];
        foreach (var (type, wasm, code) in hostile)
        {
            using var added = await host.Http.ModuleAsync(SampleModule.Make(wasm, type, actorType: type));
            await added.ReadAsync(LoomJson.Default.ModuleReportResult, 201);
            using var answer = await host.Http.CommandAsync($"{type}-a", "go");
            var problem = await answer.ProblemAsync(500, code);
            Assert.Contains($"{type}@1", problem.Detail, StringComparison.Ordinal);
            Assert.Contains($"{type}-a", problem.Detail, StringComparison.Ordinal);
            Assert.Contains("Nothing was written", problem.Detail, StringComparison.Ordinal);
        }

        await host.Http.AccountAsync();
    }

    [Fact]
    public async Task A_refused_module_says_which_rule_and_leaves_nothing_but_a_note_of_what_it_asked_for()
    {
        await using var host = await RunningHost.StartAsync();
        var greedy = SampleModule.Make(TinyModule.Importing("wasi_snapshot_preview1", "fd_write"), "greedy");
        using var check = await host.Http.ModuleAsync(greedy, "?check=true");
        var report = await check.ReadAsync(LoomJson.Default.ModuleReportResult);
        Assert.False(report.Accepted);
        Assert.Equal("machine-imports-only", report.Findings[0].Rule);
        Assert.Contains("fd_write", report.Findings[0].Message, StringComparison.Ordinal);

        using var refused = await host.Http.ModuleAsync(greedy);
        await refused.ProblemAsync(400, "machine-imports-only");
        using var asking = await host.Http.ModuleAsync(SampleModule.Of("echo").With(m => m["capabilities"] = new System.Text.Json.Nodes.JsonArray("loom.log")));
        await asking.ProblemAsync(400, "machine-imports-only");
        using var taken = await host.Http.ModuleAsync(SampleModule.Of("echo").With(m => m["actorType"] = "account"));
        await taken.ProblemAsync(409, "actor-type-taken");
        Assert.Empty((await host.Http.GetAsync("/api/modules", LoomJson.Default.ModuleList)).Modules);

        var notes = await AuditAsync(host);
        Assert.Equal(2, notes.Count(n => n.Contains("machine-imports-only", StringComparison.Ordinal)));
        Assert.Contains(notes, n => n.Contains("greedy@1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Uploads_of_another_form_or_size_are_refused()
    {
        await using var host = await RunningHost.StartAsync("--wasm.bytes", "20000");
        using var bare = await host.Http.PostAsync("/api/modules", Json.Bytes([1, 2, 3]));
        await bare.ProblemAsync(415, "unsupported-media-type");
        using var half = new MultipartFormDataContent { { Json.Bytes([1, 2, 3]), "module", "m.wasm" } };
        using var incomplete = await host.Http.PostAsync("/api/modules", half);
        Assert.Contains("manifest", (await incomplete.ProblemAsync(400, "invalid-request")).Detail, StringComparison.Ordinal);
        using var large = await host.Http.ModuleAsync(SampleModule.Of("bank-ledger"));
        await large.ProblemAsync(413, "module-too-large");
        using var form = new MultipartFormDataContent { { Json.Bytes(new byte[1 << 20]), "module", "m.wasm" } };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/modules") { Content = form };
        request.Headers.ExpectContinue = true; // who is told to stop before it has sent everything
        using var huge = await host.Http.SendAsync(request);
        await huge.ProblemAsync(413, "module-too-large");
        using var word = await host.Http.ModuleAsync(SampleModule.Of("echo"), "?use=perhaps");
        await word.ProblemAsync(400, "invalid-request");
        using var unknown = await host.Http.GetAsync("/api/modules/echo/1");
        await unknown.ProblemAsync(404, "unknown-module");
    }

    [Fact]
    public async Task A_folder_without_modules_keeps_the_host_from_starting_and_says_why()
    {
        using var folder = new Folder();
        Directory.CreateDirectory(folder["empty"]);
        var (code, error) = await ChildHost.RefusedAsync(folder["data"], "--modules", folder["empty"]);
        Assert.Equal(64, code);
        Assert.Contains("holds no module", error, StringComparison.Ordinal);

        await File.WriteAllBytesAsync(Path.Combine(folder["empty"], "tiny.wasm"), TinyModule.Importing("env", "clock"));
        await File.WriteAllBytesAsync(Path.Combine(folder["empty"], "tiny.module.json"), SampleModule.Make([]).Manifest);
        (code, error) = await ChildHost.RefusedAsync(folder["data"], "--modules", folder["empty"]);
        Assert.Equal(64, code);
        Assert.Contains("machine-imports-only", error, StringComparison.Ordinal);
    }

    private static async Task<List<string>> AuditAsync(RunningHost host)
    {
        var acts = new List<string>();
        await foreach (var e in host.Service<Loom.Journal.IJournal>().ReadStreamAsync(
            Loom.Journal.Log.LoomStreams.Audit, Loom.Journal.Direction.Forwards, 0, long.MaxValue, default))
        {
            acts.Add(e.Type == "loom.audit.moduleRefused" ? JsonDocument.Parse(e.Data).RootElement.GetProperty("subject").GetString()! : Encoding.UTF8.GetString(e.Data.Span));
        }

        return acts;
    }
}
