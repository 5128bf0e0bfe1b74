using System.Diagnostics;
using Loom.Testing;

namespace Loom.Receipts.Tests;

/// <summary>The verifier of the prover's program, one process for each receipt.</summary>
internal sealed class RustVerifier : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("loom-receipts-").FullName;

    /// <summary>Whether it accepts. An answer that is no verdict, a panic above all, is an exception.</summary>
    public bool Accepts(CorpusCase line, byte[] receipt)
    {
        var (file, input, output) = (Path.Combine(_folder, "receipt"), Path.Combine(_folder, "input"), Path.Combine(_folder, "output"));
        File.WriteAllBytes(file, receipt);
        File.WriteAllBytes(input, line.Input);
        File.WriteAllBytes(output, line.Output);
        using var process = Process.Start(new ProcessStartInfo(
            ProverProgram.Path!,
            ["verify", file, "--image-id", line.Pinned.ToString(), "--image", Path.Combine(CorpusCase.Folder, line.Image), "--input", input, "--output", output,
                "--params", string.Join(',', line.Sets.Select(s => s.Name)), "--json"])
        { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var answer = process.StandardOutput.ReadToEnd() + errors.Result;
        process.WaitForExit();
        return process.ExitCode switch
        {
            0 when answer.Contains("\"verified\":true", StringComparison.Ordinal) => true,
            1 when answer.Contains("\"kind\":\"rejected\"", StringComparison.Ordinal) => false,
            _ => throw new InvalidOperationException($"loom-prover verify ended with {process.ExitCode}: {answer}"),
        };
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
