using System.Diagnostics;
using Loom.Testing;

namespace Loom.Samples.Tests.Modules;

/// <summary>Runs <c>samples/build-modules.sh</c>, and Node.</summary>
internal static class BuildScript
{
    public static string Samples { get; } = Path.Combine(TestData.Root, "samples");

    public static (int Exit, string Output) Run(params string[] arguments) => RunAt(Samples, arguments);

    /// <summary>The script of another folder.</summary>
    public static (int Exit, string Output) RunAt(string samples, params string[] arguments) =>
        Start("bash", [Path.Combine(samples, "build-modules.sh"), .. arguments]);

    /// <summary>Runs a program to its end; both of its outputs in one text.</summary>
    public static (int Exit, string Output) Start(string program, string[] arguments, string? path = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (path is not null)
        {
            start.Environment["PATH"] = path;
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.GetAwaiter().GetResult());
    }
}
