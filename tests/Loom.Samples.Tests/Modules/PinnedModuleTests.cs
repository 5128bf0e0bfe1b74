using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Loom.Core;
using Loom.Samples.BankLedger;
using Loom.Samples.ExpenseDeclarations;
using Loom.Wasm;

namespace Loom.Samples.Tests.Modules;

/// <summary>The modules that are kept in the repository are what their manifests and the lock say.</summary>
public sealed class PinnedModuleTests
{
    public static TheoryData<string> Names() => PinnedModule.Names();

    [Fact]
    public void Every_module_has_its_manifest_and_its_place_in_the_lock()
    {
        var locked = PinnedModule.All.Select(m => m.Name).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(locked, Files("*.wasm", ".wasm"));
        Assert.Equal(locked, Files("*.module.json", ".module.json"));

        static IEnumerable<string> Files(string pattern, string ending) =>
            Directory.EnumerateFiles(PinnedModule.Folder, pattern).Select(f => Path.GetFileName(f)[..^ending.Length]).Order(StringComparer.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Lock_and_manifest_name_the_bytes(string name)
    {
        var module = PinnedModule.Of(name);
        var hash = Convert.ToHexStringLower(SHA256.HashData(module.Bytes));

        foreach (var record in (JsonElement[])[module.Locked, module.Manifest])
        {
            Assert.Equal(hash, record.GetProperty("sha256").GetString());
            Assert.Equal(module.Bytes.Length, record.GetProperty("size").GetInt32());
            Assert.Equal(name, record.GetProperty("name").GetString());
        }

        Assert.NotEmpty(module.Locked.GetProperty("compiler").GetString()!);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_page_of_the_samples_gives_the_size_and_the_build_time(string name)
    {
        var locked = PinnedModule.Of(name).Locked;
        var row = File.ReadLines(Path.Combine(BuildScript.Samples, "README.md")).Single(l => l.StartsWith($"| `{name}` |", StringComparison.Ordinal));

        Assert.EndsWith(
            string.Create(CultureInfo.InvariantCulture, $"| {locked.GetProperty("size").GetInt32():N0} | {locked.GetProperty("processorMilliseconds").GetInt32() / 1000.0:F1} s |"),
            row,
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_can_be_proven(string name)
    {
        var module = WasmModule.Load(PinnedModule.Of(name).Bytes);

        Assert.Empty(ProvableSubset.Check(module));
        Assert.Contains(module.Exports, e => e is { Name: "memory", Kind: ExternalKind.Memory });
        Assert.Equal(new Limits(2, 1024), module.Memories.Single());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_manifest_says_what_a_host_has_to_know(string name)
    {
        var manifest = PinnedModule.Of(name).Manifest;

        Assert.Equal(1, manifest.GetProperty("abi").GetInt32());
        Assert.Equal(1, manifest.GetProperty("version").GetInt32());
        Assert.True(ActorId.IsType(manifest.GetProperty("actorType").GetString()));
        Assert.Empty(manifest.GetProperty("capabilities").EnumerateArray());
        Assert.Equal(JsonValueKind.Object, manifest.GetProperty("state").GetProperty("schema").ValueKind);
        Assert.NotEmpty(manifest.GetProperty("commands").EnumerateArray());
        Assert.All(manifest.GetProperty("commands").EnumerateArray(), c =>
        {
            Assert.NotEmpty(c.GetProperty("type").GetString()!);
            Assert.NotEmpty(c.GetProperty("summary").GetString()!);
            Assert.Equal(JsonValueKind.Object, c.GetProperty("schema").ValueKind);
        });
        var events = manifest.GetProperty("events").EnumerateArray().Select(e => e.GetString()).ToArray();
        Assert.All(manifest.GetProperty("effects").EnumerateObject(), e => Assert.Contains(e.Name, events));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_answers_are_those_of_the_vectors(string name)
    {
        var module = PinnedModule.Of(name);
        var machine = module.Machine;
        foreach (var (step, answer) in module.Vectors.Play(machine.Decide))
        {
            Assert.Equal($"{step} → {step.Answer}", $"{step} → {answer}");
            Assert.True(CanonicalJson.IsCanonical(answer.State) && CanonicalJson.IsCanonical(answer.Events), $"{step} → {answer}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_vectors_show_every_command_and_every_event_of_the_manifest(string name)
    {
        var module = PinnedModule.Of(name);
        var answers = string.Concat(module.Vectors.Steps.Select(s => s.Answer));

        Assert.All(
            module.Manifest.GetProperty("commands").EnumerateArray().Select(c => c.GetProperty("type").GetString()!),
            c => Assert.Contains(module.Vectors.Steps, s => s.Command == c));
        Assert.All(
            module.Manifest.GetProperty("events").EnumerateArray().Select(e => e.GetString()!),
            e => Assert.Contains($"\"type\":\"{e}\"", answers, StringComparison.Ordinal));
    }

    public static TheoryData<string, Type> Twins() => new()
    {
        { "bank-ledger", typeof(AccountMachine) },
        { "expense-declaration", typeof(DeclarationMachine) },
    };

    [Theory]
    [MemberData(nameof(Twins))]
    public void The_twin_of_a_CSharp_machine_has_its_commands_events_and_effects(string name, Type type)
    {
        var expected = ((Machine)Activator.CreateInstance(type)!).Manifest;
        var actual = PinnedModule.Of(name).Manifest;

        Assert.Equal(
            expected.Commands.Select(c => $"{c.Type} {c.Summary} {Canonical(c.Schema)}"),
            actual.GetProperty("commands").EnumerateArray().Select(c =>
                $"{c.GetProperty("type").GetString()} {c.GetProperty("summary").GetString()} {Canonical(c.GetProperty("schema").GetRawText())}"));
        Assert.Equal(expected.EventTypes, actual.GetProperty("events").EnumerateArray().Select(e => e.GetString()!));
        Assert.Equal(
            expected.Effects.Select(e => $"{e.Key} {e.Value}").Order(StringComparer.Ordinal),
            actual.GetProperty("effects").EnumerateObject().Select(e => $"{e.Name} {Enum.Parse<EffectKind>(e.Value.GetString()!, ignoreCase: true)}").Order(StringComparer.Ordinal));

        static string Canonical(string json) => System.Text.Encoding.UTF8.GetString(CanonicalJson.Canonicalize(System.Text.Encoding.UTF8.GetBytes(json)));
    }

    [Theory]
    [MemberData(nameof(Twins))]
    public void The_twin_of_a_CSharp_machine_has_vectors_that_the_machine_answers_the_same(string name, Type type)
    {
        var machine = (Machine)Activator.CreateInstance(type)!;
        var module = PinnedModule.Of(name).Machine;
        foreach (var (_, _) in PinnedModule.Of(name).Vectors.Play((context, state, command) =>
        {
            var answer = module.Decide(context, state, command);
            answer.ShouldAnswerAs(
                CSharpMachine.Answer(machine, context, state, command), () => $"{context.CommandType} {System.Text.Encoding.UTF8.GetString(command)}");
            return answer;
        }))
        {
            // The comparison is in the call.
        }
    }
}
