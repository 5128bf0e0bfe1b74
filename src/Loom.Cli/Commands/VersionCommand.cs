using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using Loom.Cli.Hosting;
using Loom.Cli.Output;

namespace Loom.Cli.Commands;

/// <summary><c>loom version</c>: what this program is, for bug reports.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        var verbose = new Option<bool>("--verbose") { Description = "Also say which runtime, system and checkout." };
        return new Command("version", "Say which version this is.") { verbose }.Runs(i => Run(i, i.Get(verbose)));
    }

    /// <summary>Version and commit, as the build stamped them.</summary>
    public static string Version { get; } =
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    private static int Run(Invocation invocation, bool verbose)
    {
        var checkout = Checkout.Find();
        var facts = new Dictionary<string, string?> { ["version"] = Version };
        if (verbose)
        {
            facts["runtime"] = RuntimeInformation.FrameworkDescription;
            facts["system"] = $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}";
            facts["program"] = AppContext.BaseDirectory;
            facts["checkout"] = checkout;
            facts["host"] = HostProgram.Find()?.Path;
        }

        if (invocation.Json)
        {
            invocation.WriteJson(facts);
        }
        else if (!verbose)
        {
            invocation.Line(Version);
        }
        else
        {
            foreach (var (name, value) in facts)
            {
                invocation.Line($"{name,-9} {value ?? "none"}");
            }
        }

        return ExitCodes.Ok;
    }
}
