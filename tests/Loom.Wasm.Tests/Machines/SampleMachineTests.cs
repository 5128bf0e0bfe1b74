using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Loom.Testing;
using Loom.Wasm.Tests.BackEnds;

namespace Loom.Wasm.Tests.Machines;

/// <summary>The pinned sample machines answer their vectors on every back end, with the same bytes and the same fuel.</summary>
public sealed class SampleMachineTests
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string, string> Machines()
    {
        var data = new TheoryData<string, string>();
        foreach (var vectors in Directory.GetFiles(Folder, "*.vectors.json").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(vectors)[..^".vectors.json".Length];
            foreach (var module in Directory.GetFiles(Folder, $"{name}*.wasm").Order(StringComparer.Ordinal)) data.Add(Path.GetFileNameWithoutExtension(module), name);
        }

        return data;
    }

    internal static byte[] Module(string name) => File.ReadAllBytes(Path.Combine(Folder, name + ".wasm"));

    private static string Folder => Path.Combine(TestData.Root, "samples", "modules");

    [Theory]
    [MemberData(nameof(Machines))]
    public void A_sample_answers_its_vectors(string module, string vectors)
    {
        var machines = BackEnd.All.Keys.Select(b => MachineBuilder.Make(b, Module(module))).ToList();
        Play(module, vectors, input =>
        {
            var runs = machines.Select(m => m.Run(input)).ToList();
            Assert.All(runs, r => Assert.Equal((runs[0].ExitCode, runs[0].FuelUsed), (r.ExitCode, r.FuelUsed)));
            Assert.All(runs, r => Assert.Equal(runs[0].Output.ToArray(), r.Output.ToArray()));
            return runs[0];
        });
    }

    /// <summary>Makes the calls of a file of vectors and compares each answer.</summary>
    internal static void Play(string module, string vectors, Func<byte[], MachineRun> run)
    {
        var file = JsonNode.Parse(File.ReadAllBytes(Path.Combine(Folder, vectors + ".vectors.json")))!;
        var state = ReadOnlyMemory<byte>.Empty;
        var revision = 0;
        var number = 0;
        foreach (var step in file["steps"]!.AsArray())
        {
            var input = Frames.Encode(state.Span, Canonical(step!["body"]), Canonical(Context(file, step, ++number, revision)));
            var answer = Answer(run(input), out var frame);
            Assert.True(JsonNode.DeepEquals(step["answer"], answer), $"{module} step {number}: expected {step["answer"]?.ToJsonString(Plain)}, got {answer.ToJsonString(Plain)}");
            if (!frame.Accepted) continue;
            state = frame.State;
            revision += answer["events"]!.AsArray().Count;
        }
    }

    private static JsonObject Context(JsonNode file, JsonNode step, int number, int revision) => new()
    {
        ["actor"] = file["actor"]!.DeepClone(),
        ["at"] = (step["at"] ?? file["at"])!.DeepClone(),
        ["commandId"] = $"command-{number}",
        ["commandType"] = step["command"]!.DeepClone(),
        ["principal"] = step["principal"]?.DeepClone() ?? "alice",
        ["revision"] = revision,
        ["roles"] = new JsonArray([.. (step["roles"]?.AsArray() ?? []).Select(r => (string)r!).Order(StringComparer.Ordinal).Select(r => (JsonNode)r)]),
    };

    private static JsonObject Answer(MachineRun run, out OutputFrame frame)
    {
        frame = default;
        if (run.ExitCode != 0) return new JsonObject { ["exit"] = run.ExitCode };
        Assert.True(Frames.TryDecode(run.Output, out frame, out var mistake), mistake);
        var state = JsonNode.Parse(frame.State.Span);
        return frame.Accepted
            ? new JsonObject { ["state"] = state, ["events"] = JsonNode.Parse(frame.Events.Span) }
            : new JsonObject { ["rejected"] = state };
    }

    private static byte[] Canonical(JsonNode? value) => JsonSerializer.SerializeToUtf8Bytes(Sorted(value), Plain);

    private static JsonNode? Sorted(JsonNode? value) => value switch
    {
        JsonObject o => new JsonObject(o.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))),
        JsonArray a => new JsonArray([.. a.Select(Sorted)]),
        _ => value?.DeepClone(),
    };
}
