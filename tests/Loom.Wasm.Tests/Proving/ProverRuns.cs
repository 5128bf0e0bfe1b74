using System.Diagnostics;
using System.Text.Json;
using Loom.Testing;

namespace Loom.Wasm.Tests.Proving;

/// <summary>The prover's executor as a child process, fed with many runs at a time.</summary>
internal static class ProverRuns
{
    /// <summary>How each run ended, in order; for a refused module or a run without result what the prover said.</summary>
    public static IReadOnlyList<(MachineEnd? End, string Said)> Of(IReadOnlyList<(byte[] Module, byte[] Input)> runs)
    {
        var folder = Directory.CreateTempSubdirectory("loom-runs-");
        try
        {
            var list = Path.Combine(folder.FullName, "list");
            using (var lines = new StreamWriter(list))
            {
                for (var i = 0; i < runs.Count; i++)
                {
                    var (module, input) = (Path.Combine(folder.FullName, $"{i}.wasm"), Path.Combine(folder.FullName, $"{i}.input"));
                    File.WriteAllBytes(module, runs[i].Module);
                    File.WriteAllBytes(input, runs[i].Input);
                    lines.Write($"{module}\t{input}\n");
                }
            }

            using var process = Process.Start(new ProcessStartInfo(ProverProgram.Path!, ["run", list, "--batch"]) { RedirectStandardOutput = true })!;
            var answers = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            return [.. answers.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Read)];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (MachineEnd? End, string Said) Read(string line)
    {
        using var document = JsonDocument.Parse(line);
        var answer = document.RootElement;
        if (answer.TryGetProperty("error", out var error)) return (null, error.GetProperty("message").GetString()!);
        return (new MachineEnd(
            answer.GetProperty("exitCode").GetInt64(),
            answer.GetProperty("output").GetString()!,
            answer.GetProperty("memoryBytes").GetInt64(),
            answer.GetProperty("memorySha256").GetString()!), line);
    }
}
