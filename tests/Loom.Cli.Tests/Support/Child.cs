using System.Diagnostics;
using Loom.Testing;

namespace Loom.Cli.Tests;

/// <summary>Runs programs as a user does.</summary>
internal static class ChildOf
{
    private static readonly string Configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";

    /// <summary>The built command, where its users have it.</summary>
    public static string LoomDll { get; } = Path.Combine(TestData.Root, "src", "Loom.Cli", "bin", Configuration, "net10.0", "loom.dll");

    public static Task<Ran> DotNetAsync(string folder, IReadOnlyDictionary<string, string?> variables, params string[] args) =>
        RunAsync("dotnet", folder, clean: false, variables, args);

    public static async Task<Ran> RunAsync(string program, string folder, bool clean, IReadOnlyDictionary<string, string?> variables, params string[] args)
    {
        using var process = Start(program, folder, clean, variables, args);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new Ran(process.ExitCode, await output, await error);
    }

    public static Process Start(string program, string folder, bool clean, IReadOnlyDictionary<string, string?> variables, params string[] args)
    {
        var start = new ProcessStartInfo(program) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        args.ToList().ForEach(start.ArgumentList.Add);
        if (clean)
        {
            start.Environment.Clear();
        }

        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
