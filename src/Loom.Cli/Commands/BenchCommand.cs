using System.CommandLine;
using System.Diagnostics;
using Loom.Cli.Hosting;
using Loom.Cli.Output;

namespace Loom.Cli.Commands;

/// <summary><c>loom bench</c>: the benchmarks of a checkout.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var names = new Argument<string[]>("names") { Description = "Benchmarks to run; all when none is given.", Arity = ArgumentArity.ZeroOrMore };
        return new Command("bench", "Measure this checkout on this machine, each figure beside a reference of the same run.") { names }
            .Runs((i, ct) => RunAsync(i.Get(names) ?? [], i.Json, ct));
    }

    private static async Task<int> RunAsync(string[] names, bool json, CancellationToken cancellationToken)
    {
        var root = Checkout.Require("bench");
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, WorkingDirectory = root };
        string[] arguments = ["run", "-c", "Release", "--project", Path.Combine("tests", "Loom.Benchmarks"), "--", .. names, .. json ? ["--json"] : Array.Empty<string>()];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        return await Child.WaitAsync(process, cancellationToken);
    }
}
