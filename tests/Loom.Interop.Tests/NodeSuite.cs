using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Loom.Testing;

namespace Loom.Interop.Tests;

/// <summary>The suite in <c>tests/interop-node</c>: what it has, whether it can run here, and its results, one run a client.</summary>
internal static partial class NodeSuite
{
    /// <summary>Both of the official clients, in separate processes: loaded together they break each other.</summary>
    public static readonly string[] Clients = ["eventstoredb", "kurrentdb"];

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(18);
    private static readonly string[] Packages = ["@eventstore/db-client", "@kurrent/kurrentdb-client"];

    private static readonly Dictionary<string, Lazy<Task<NodeRun>>> Runs =
        Clients.ToDictionary(c => c, c => new Lazy<Task<NodeRun>>(() => RunAsync(c)), StringComparer.Ordinal);

    public static string Folder { get; } = Path.Combine(TestData.Root, "tests", "interop-node");

    /// <summary>Why the suite cannot run here; null when it can. Fetches the packages where that was not done yet.</summary>
    public static string? Missing { get; } = FindMissing();

    /// <summary>The names of a client's tests.</summary>
    public static IEnumerable<string> TestsOf(string client)
    {
        var (exit, output) = Output("node", ["main.js", "--list"], client);
        return exit == 0 ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries) : throw new InvalidOperationException($"The tests in Node could not be listed:\n{output}");
    }

    /// <summary>The results of a client; all clients run at the same time.</summary>
    public static Task<NodeRun> OfAsync(string client)
    {
        foreach (var run in Runs.Values)
        {
            _ = run.Value;
        }

        return Runs[client].Value;
    }

    private static async Task<NodeRun> RunAsync(string client)
    {
        var start = new ProcessStartInfo("node", ["--test-reporter=./reporter.mjs", "main.js"])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LOOM_INTEROP_CLIENT"] = client;
        start.Environment["LOOM_INTEROP_SERVER"] = Path.Combine(AppContext.BaseDirectory, "Loom.Interop.Server.dll");
        start.Environment["DOTNET_TieredPGO"] = "0"; // servers start and end here; none lives long enough to learn
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Longest);
        await using var killing = limit.Token.Register(() => process.Kill(entireProcessTree: true));
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var results = new List<NodeResult>();
        var noise = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
        {
            if (line.StartsWith("{\"name\":", StringComparison.Ordinal))
            {
                results.Add(JsonSerializer.Deserialize<NodeResult>(line, JsonSerializerOptions.Web)!);
            }
            else
            {
                noise.Add(line);
            }
        }

        await process.WaitForExitAsync(CancellationToken.None);
        return new NodeRun(results, $"node ended with {process.ExitCode}.\n{string.Join('\n', noise)}\n{await errors}");
    }

    private static string? FindMissing()
    {
        if (new ProgramFactAttribute("node", "nodejs").Skip is { } noNode)
        {
            return noNode;
        }

        if (!int.TryParse(Major().Match(Output("node", ["--version"]).Output).Value, out var major) || major < 20)
        {
            return "needs Node 20 or later: apt-get install nodejs";
        }

        if (Packages.All(IsInstalled))
        {
            return null;
        }

        if (new ProgramFactAttribute("npm", "npm").Skip is { } noNpm)
        {
            return noNpm;
        }

        var (exit, output) = Output("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=60000"]);
        return exit == 0 && Packages.All(IsInstalled)
            ? null
            : $"needs the npm packages {string.Join(" and ", Packages)}, which could not be fetched: (cd tests/interop-node && npm ci): {output.Split('\n')[0]}";
    }

    // Installed, and in the version that package.json names.
    private static bool IsInstalled(string package)
    {
        var manifest = Path.Combine(Folder, "node_modules", package, "package.json");
        return File.Exists(manifest)
            && Read(manifest).GetProperty("version").GetString() == Read(Path.Combine(Folder, "package.json")).GetProperty("dependencies").GetProperty(package).GetString();
    }

    private static JsonElement Read(string file) => JsonSerializer.Deserialize<JsonElement>(File.ReadAllBytes(file));

    private static (int Exit, string Output) Output(string program, string[] arguments, string? client = null)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LOOM_INTEROP_CLIENT"] = client;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, process.ExitCode == 0 ? output : output + errors.GetAwaiter().GetResult());
    }

    [GeneratedRegex(@"(?<=^v)\d+")]
    private static partial Regex Major();
}

/// <summary>One test's result in Node.</summary>
internal sealed record NodeResult(string Name, bool Passed, int Ms, string? Message);

/// <summary>A client's run: its results, and what else was said.</summary>
internal sealed record NodeRun(IReadOnlyList<NodeResult> Results, string Said);
