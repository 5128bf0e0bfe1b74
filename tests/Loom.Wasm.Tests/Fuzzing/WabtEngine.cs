using System.Diagnostics;

namespace Loom.Wasm.Tests.Fuzzing;

/// <summary>wabt's interpreter and validator, one child process a module.</summary>
internal static class WabtEngine
{
    public static string[] Run(GeneratedModule module)
    {
        var (_, output) = Start("wasm-interp", module.Bytes, "--run-all-exports");
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Answer)];
    }

    /// <summary>Whether wabt finds a module valid, with the features that we have.</summary>
    public static bool Validate(byte[] module) => Start("wasm-validate", module, "--disable-simd").Code == 0;

    // A line is "NAME() => i32:1, i64:2", "NAME() => error: WORDS", or "NAME() =>".
    private static string Answer(string line)
    {
        var answer = line[(line.IndexOf("=>", StringComparison.Ordinal) + 2)..].Trim();
        return answer.StartsWith("error: ", StringComparison.Ordinal)
            ? TrapWords.OfWabt(answer["error: ".Length..])
            : string.Join(' ', answer.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(v => v[(v.IndexOf(':', StringComparison.Ordinal) + 1)..]));
    }

    private static (int Code, string Output) Start(string program, byte[] module, string option)
    {
        var file = Path.Combine(Path.GetTempPath(), $"loom-{Guid.NewGuid():n}.wasm");
        try
        {
            File.WriteAllBytes(file, module);
            using var process = Process.Start(new ProcessStartInfo(program, [option, file]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            errors.GetAwaiter().GetResult();
            process.WaitForExit();
            return (process.ExitCode, output);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
