using System.Text.Json;
using Loom.Wasm;

namespace Loom.Samples.Tests.Modules;

/// <summary>The prover's executor beside the engine of the host: the same calls have to end the same way.</summary>
internal static class Agreement
{
    /// <summary>Runs a pinned module on each input in both.</summary>
    public static void Check(string module, IReadOnlyList<byte[]> inputs)
    {
        var folder = Directory.CreateTempSubdirectory("loom-agreement-");
        try
        {
            var wasm = Path.Combine(PinnedModule.Folder, module + ".wasm");
            var list = Path.Combine(folder.FullName, "list");
            File.WriteAllLines(list, inputs.Select((input, i) =>
            {
                var file = Path.Combine(folder.FullName, $"{i}");
                File.WriteAllBytes(file, input);
                return $"{wasm}\t{file}";
            }));
            var (exit, said) = BuildScript.Start(Testing.ProverProgram.Path!, ["run", list, "--batch"]);
            Assert.True(exit == 0, said);
            var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(inputs.Count, lines.Length);
            for (var i = 0; i < lines.Length; i++)
            {
                using var json = JsonDocument.Parse(lines[i]);
                var run = PinnedModule.Of(module).Machine.Call(inputs[i]);
                Assert.True(run.Trap is null, $"call {i}: {run.Trap}");
                Assert.Equal((0, Convert.ToHexStringLower(run.Output.Span)), (json.RootElement.GetProperty("exitCode").GetInt32(), json.RootElement.GetProperty("output").GetString()));
            }

            Console.WriteLine($"[{module}] {inputs.Count} calls end alike in both engines");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
