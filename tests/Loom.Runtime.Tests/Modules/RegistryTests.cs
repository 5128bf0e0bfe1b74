using System.Text;
using System.Text.Json.Nodes;
using Loom.Core;
using Loom.Journal.Blobs;
using Loom.Journal.Log;
using Loom.Testing;

namespace Loom.Runtime.Tests.Modules;

/// <summary>Registration: what is taken, what is refused and by which rule, and what a restart finds.</summary>
public sealed class RegistryTests
{
    [Fact]
    public async Task A_registration_is_a_linked_act_whose_bytes_are_a_blob_and_survives_a_restart()
    {
        await using var bench = new ModuleBench();
        var (_, modules) = await bench.StartAsync();
        var sample = SampleModule.Of("counter");
        var report = await modules.RegisterAsync(sample.Wasm, sample.Manifest, "dev", null, default);
        Assert.Null(report.Refusal);
        Assert.Equal(Digest.Of(sample.Wasm), report.Hash);
        Assert.True(report.Anatomy!.Provable);
        Assert.Contains("loom_main () -> ()", report.Anatomy.Exports);
        Assert.Contains(report.Anatomy.Imports, i => i.StartsWith("loom.output ", StringComparison.Ordinal));

        Assert.Equal(sample.Wasm, (await bench.Blobs.GetAsync(new BlobName(BlobAreas.Modules, report.Hash), default))!.Value.ToArray());
        var act = Assert.Single(await bench.Bench.Memory.ReadAllAsync(LoomStreams.Modules));
        var link = TransitionReader.ReadLink(act)!;
        Assert.Equal(("loom.modules.registered", MachineId.Loom, "dev"), (act.Type, link.Machine, link.Command.Principal));

        var (_, later) = await bench.StartAsync();
        var found = Assert.Single(later.All);
        Assert.Equal(("counter", 1, "counter", true, "dev", report.Hash), (found.Manifest.Name, found.Manifest.Version, found.Manifest.ActorType, found.Current, found.By, found.Hash));
        Assert.Equal(report.Manifest!.Json.ToArray(), found.Manifest.Json.ToArray());
        Assert.True((await later.RegisterAsync(sample.Wasm, sample.Manifest, "dev", null, default)).KnownAlready);
        Assert.Single(await bench.Bench.Memory.ReadAllAsync(LoomStreams.Modules));
    }

    [Fact]
    public async Task Another_module_of_the_same_type_is_used_when_somebody_says_so()
    {
        await using var bench = new ModuleBench();
        var (_, modules) = await bench.StartAsync();
        Assert.True((await ModuleBench.Add(modules, SampleModule.Of("counter"))).Current);
        Assert.False((await ModuleBench.Add(modules, SampleModule.Of("counter-c"))).Current);
        Assert.True((await modules.UseAsync("counter-c", 1, "dev", default))!.Current);
        Assert.Null(await modules.UseAsync("counter-c", 2, "dev", default));
        var (runtime, later) = await bench.StartAsync();
        Assert.Equal([("counter", false), ("counter-c", true)], later.All.Select(m => (m.Manifest.Name, m.Current)));
        Assert.True(runtime.Types.TryGet("counter", out var machine));
        Assert.Equal(later.Find("counter-c", 1)!.Machine, machine.Manifest.Machine);
    }

    private static readonly (string Rule, Func<byte[]> Module, string Manifest)[] All =
    [
        ("module-name-taken", () => SampleModule.Of("counter-c").Wasm, """{"abi":1,"name":"counter","version":1,"actorType":"counter"}"""),
        ("module-bytes-known", () => SampleModule.Of("counter").Wasm, """{"abi":1,"name":"counter","version":2,"actorType":"counter"}"""),
        ("actor-type-taken", () => SampleModule.Of("echo").Wasm, """{"abi":1,"name":"echo","version":1,"actorType":"other"}"""),
        ("module-effects-differ", () => SampleModule.Of("counter-c").Wasm, """{"abi":1,"name":"counter","version":2,"actorType":"counter","events":["incremented.v1"],"effects":{"incremented.v1":"send"}}"""),
        ("module-hash-differs", () => SampleModule.Of("echo").Wasm, $$"""{"abi":1,"name":"echo","version":1,"actorType":"echo","sha256":"{{new string('a', 64)}}"}"""),
        ("machine-imports-only", () => SampleModule.Of("echo").Wasm, """{"abi":1,"name":"echo","version":1,"actorType":"echo","capabilities":["loom.log"]}"""),
        ("machine-imports-only", () => TinyModule.Importing("wasi_snapshot_preview1", "fd_write"), """{"abi":1,"name":"tiny","version":1,"actorType":"tiny"}"""),
        ("machine-imports-only", () => TinyModule.Importing("loom", "log"), """{"abi":1,"name":"tiny","version":1,"actorType":"tiny"}"""),
        ("machine-entry", () => [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], """{"abi":1,"name":"tiny","version":1,"actorType":"tiny"}"""),
        ("module-invalid", () => "not a module"u8.ToArray(), """{"abi":1,"name":"tiny","version":1,"actorType":"tiny"}"""),
        ("module-too-large", () => new byte[70_000], """{"abi":1,"name":"tiny","version":1,"actorType":"tiny"}"""),
        ("memory-too-large", () => TinyModule.Trapping(), """{"abi":1,"name":"tiny","version":1,"actorType":"tiny"}"""),
        ("manifest-invalid", () => TinyModule.Trapping(), """{"abi":2,"name":"tiny","version":1,"actorType":"tiny"}"""),
        ("manifest-invalid", () => TinyModule.Trapping(), """{"abi":1,"name":"Tiny","version":1,"actorType":"tiny"}"""),
        ("manifest-invalid", () => TinyModule.Trapping(), """{"abi":1,"name":"tiny","version":0,"actorType":"tiny"}"""),
        ("manifest-invalid", () => TinyModule.Trapping(), """{"abi":1,"name":"tiny","version":1,"actorType":"tiny","capabilites":[]}"""),
        ("manifest-invalid", () => TinyModule.Trapping(), """{"abi":1,"name":"tiny","version":1,"actorType":"tiny","effects":{"x":"send"}}"""),
        ("manifest-invalid", () => TinyModule.Trapping(), """{"abi":1,"name":"tiny","version":1,"actorType":"tiny","events":["loom.x"]}"""),
        ("manifest-invalid", () => TinyModule.Trapping(), """{"abi":1,"name":"tiny","version":1,"actorType":"tiny","state":{"label":"status"}}"""),
        ("manifest-invalid", () => TinyModule.Trapping(), "[]"),
        ("manifest-invalid", () => TinyModule.Trapping(), "{"),
    ];

    public static TheoryData<string, int> Refused
    {
        get
        {
            var data = new TheoryData<string, int>();
            for (var i = 0; i < All.Length; i++)
            {
                data.Add(All[i].Rule, i);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_is_refused_is_refused_by_the_name_of_the_rule_and_leaves_nothing(string rule, int refused)
    {
        var (wasm, manifest) = (All[refused].Module(), All[refused].Manifest);
        await using var bench = new ModuleBench();
        var (_, modules) = await bench.StartAsync(new ModuleSettings { MaxBytes = 65_000, MemoryPages = rule == "memory-too-large" ? 1000 : 1024 });
        if (rule != "memory-too-large")
        {
            await ModuleBench.Add(modules, SampleModule.Of("counter"));
        }

        var before = modules.All.Count;
        var refusal = (await modules.RegisterAsync(wasm, Encoding.UTF8.GetBytes(manifest), "dev", null, default)).Refusal;
        Assert.NotNull(refusal);
        Assert.Equal(rule, refusal.Rule);
        Assert.EndsWith(".", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, modules.All.Count);
        Assert.Equal(before, (await bench.Blobs.ListAsync(BlobAreas.Modules, null, 10, default)).Count);
        Assert.Equal(refusal, modules.Check(wasm, Encoding.UTF8.GetBytes(manifest)).Refusal);
    }

    [Fact]
    public async Task A_manifest_that_describes_the_same_module_better_takes_the_place_of_the_first()
    {
        await using var bench = new ModuleBench();
        var (_, modules) = await bench.StartAsync();
        var counter = SampleModule.Of("counter");
        await ModuleBench.Add(modules, counter);
        await ModuleBench.Add(modules, counter.With(m => m["about"] = "Counts for ever."));
        var (_, later) = await bench.StartAsync();
        Assert.Equal("Counts for ever.", Assert.Single(later.All).Manifest.About);
    }

    [Fact]
    public async Task Every_sample_module_is_taken()
    {
        await using var bench = new ModuleBench();
        var (_, modules) = await bench.StartAsync();
        var names = Directory.GetFiles(SampleModule.Folder, "*.module.json").Select(f => Path.GetFileName(f)[..^".module.json".Length]).ToList();
        Assert.True(names.Count >= 9);
        foreach (var name in names)
        {
            await ModuleBench.Add(modules, SampleModule.Of(name));
        }

        Assert.Equal(names.Count, modules.All.Count);
    }

    [Fact]
    public void Any_bytes_as_a_manifest_give_a_reason_or_a_manifest()
    {
        var seed = Seeds.First("module manifests");
        var random = new Random(seed);
        var good = SampleModule.Of("bank-ledger").Manifest;
        for (var i = 0; i < Tier.Count(ci: 3000, @long: 100_000); i++)
        {
            var bytes = (byte[])good.Clone();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                Assert.NotEmpty(ModuleManifest.Parse(bytes.AsMemory(0, random.Next(8) == 0 ? random.Next(bytes.Length) : bytes.Length)).Name);
            }
            catch (FormatException e)
            {
                Assert.True(e.Message.Length is > 0 and < 1000, $"seed {seed}, try {i}: {e.Message}");
            }
        }
    }
}

internal static class JournalReading
{
    public static async Task<List<RecordedEvent>> ReadAllAsync(this Loom.Journal.IJournal journal, StreamName stream)
    {
        var events = new List<RecordedEvent>();
        await foreach (var e in journal.ReadStreamAsync(stream, Loom.Journal.Direction.Forwards, 0, long.MaxValue, default))
        {
            events.Add(e);
        }

        return events;
    }
}
