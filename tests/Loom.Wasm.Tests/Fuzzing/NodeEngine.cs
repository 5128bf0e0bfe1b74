using System.Diagnostics;
using System.Text.Json;
using Loom.Testing;

namespace Loom.Wasm.Tests.Fuzzing;

/// <summary>Node's V8 as a child process, fed with many modules at a time.</summary>
internal static class NodeEngine
{
    /// <summary>Whether V8 finds each module valid.</summary>
    public static bool[] Validate(IEnumerable<byte[]> modules) =>
        [.. Run(modules.Select(m => new Job(Convert.ToBase64String(m), null))).Select(answer => answer[0] == "valid")];

    /// <summary>What came of each call of each module, in the words of <see cref="TrapWords"/>.</summary>
    public static IReadOnlyList<string[]> Run(IEnumerable<GeneratedModule> modules) =>
        [.. Run(modules.Select(m => new Job(Convert.ToBase64String(m.Bytes), m.Calls))).Select(answers => answers.Select(TrapWords.OfV8).ToArray())];

    private static List<string[]> Run(IEnumerable<Job> jobs)
    {
        var file = Path.Combine(Path.GetTempPath(), $"loom-{Guid.NewGuid():n}.json");
        try
        {
            File.WriteAllText(file, JsonSerializer.Serialize(jobs, JsonSerializerOptions.Web));
            var script = Path.Combine(TestData.Root, "tests", "Loom.Wasm.Tests", "Fuzzing", "engine.js");
            using var process = Process.Start(new ProcessStartInfo("node", [script, file]) { RedirectStandardOutput = true })!;
            var answers = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            return [.. answers.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<string[]>(line)!)];
        }
        finally
        {
            File.Delete(file);
        }
    }

    private sealed record Job(string Wasm, IReadOnlyList<string>? Calls);
}
