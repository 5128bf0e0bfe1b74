using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Loom.Benchmarks.Wasm;

/// <summary>Node's V8 as a child process that runs the same modules.</summary>
internal sealed class V8 : IDisposable
{
    private readonly Process process;

    private V8(Process process) => this.process = process;

    /// <summary>Starts it; null where there is no Node.</summary>
    public static V8? Start()
    {
        try
        {
            var start = new ProcessStartInfo("node", [Kernel.Path("v8.mjs")]) { RedirectStandardInput = true, RedirectStandardOutput = true };
            return Process.Start(start) is { } process ? new V8(process) : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Runs a kernel in a fresh instance. Returns its checksum and how long it took inside V8.</summary>
    public (uint Checksum, TimeSpan Time) Run(string file, int rounds)
    {
        process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file}\t{rounds}"));
        process.StandardInput.Flush();
        var answer = process.StandardOutput.ReadLine()?.Split('\t') ?? throw new InvalidOperationException($"Node ended while it ran {file}.");
        return (uint.Parse(answer[0], CultureInfo.InvariantCulture), TimeSpan.FromMicroseconds(long.Parse(answer[1], CultureInfo.InvariantCulture) / 1000.0));
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }
}
