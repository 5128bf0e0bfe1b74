using System.CommandLine;
using System.Globalization;
using Loom.Cli.Testing;

namespace Loom.Cli.Commands;

/// <summary><c>loom fuzz</c>: runs one fuzz target of a checkout for a given time.</summary>
internal static class FuzzCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var target = new Argument<string>("target") { Description = $"The target: a class NAMEFuzz under tests/ ('bundle', 'receipt', 'wasm'), or one of the prover's in Rust: {string.Join(", ", CargoFuzz.Targets)}." };
        var minutes = new Option<double>("--minutes") { Description = "How long, in minutes.", DefaultValueFactory = _ => 1 };
        var seed = new Option<int?>("--seed") { Description = "Replay from this seed; a new one otherwise, which is printed." };
        var command = new Command("fuzz", "Feed a parser, translator or verifier generated and mutated input.") { target, minutes, seed };
        command.SetAction((parsed, ct) => RunAsync(parsed.GetValue(target)!, parsed.GetValue(minutes), parsed.GetValue(seed), ct));
        return command;
    }

    private static async Task<int> RunAsync(string target, double minutes, int? seed, CancellationToken cancellationToken)
    {
        if (CheckoutRoot.Find() is not { } root)
        {
            Console.Error.WriteLine("loom fuzz runs in a checkout of Loom, and this program does not lie in one.");
            return 64;
        }

        if (CargoFuzz.Targets.Contains(target, StringComparer.OrdinalIgnoreCase))
        {
            return await CargoFuzz.RunAsync(root, target, minutes, seed, Console.Out, cancellationToken);
        }

        var files = Directory.EnumerateFiles(Path.Combine(root, "tests"), "*Fuzz.cs", SearchOption.AllDirectories).ToArray();
        var file = files.FirstOrDefault(f => string.Equals(Path.GetFileNameWithoutExtension(f), target + "Fuzz", StringComparison.OrdinalIgnoreCase));
        if (file is null)
        {
            var known = files.Select(f => Path.GetFileNameWithoutExtension(f)[..^4].ToLowerInvariant()).Concat(CargoFuzz.Targets).Order(StringComparer.Ordinal);
            Console.Error.WriteLine($"There is no fuzz target '{target}'. There are: {string.Join(", ", known)}.");
            return 64;
        }

        var folder = Path.Combine(root, "tests", Path.GetRelativePath(Path.Combine(root, "tests"), file).Split(Path.DirectorySeparatorChar)[0]);
        var project = Directory.EnumerateFiles(folder, "*.csproj").Single();
        if (await ChildProcess.RunAsync("dotnet", ["build", project, "-c", "Release", "--nologo", "-v", "q"], cancellationToken) != 0)
        {
            return 1;
        }

        var environment = new Dictionary<string, string> { ["LOOM_FUZZ_MINUTES"] = minutes.ToString(CultureInfo.InvariantCulture) };
        if (seed is { } s)
        {
            environment["LOOM_SEED"] = s.ToString(CultureInfo.InvariantCulture);
        }

        var results = Path.Combine(root, "artifacts", "test-results");
        Directory.CreateDirectory(results);
        var run = await TestRun.RunAsync(project, results, "FullyQualifiedName~" + Path.GetFileNameWithoutExtension(file), measure: false, environment, cancellationToken);
        run.Print(Console.Out);
        return run.Failed.Count == 0 && run.Passed > 0 ? 0 : 1;
    }
}
