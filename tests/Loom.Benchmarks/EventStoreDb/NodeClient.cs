using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Loom.Benchmarks.EventStoreDb;

/// <summary>The official client for Node, in a process of its own, against the same server.</summary>
internal static class NodeClient
{
    /// <summary>Prints what load.cjs measures; says why where it cannot run.</summary>
    public static async Task RunAsync(int port, TextWriter output, CancellationToken cancellationToken)
    {
        if (Packages() is not { } packages)
        {
            output.WriteLine("Node client: left out, since tests/interop-node has no packages. Run 'npm ci' there.");
            return;
        }

        var script = Path.Combine(AppContext.BaseDirectory, "EventStoreDb", "load.cjs");
        try
        {
            using var node = Process.Start(
                new ProcessStartInfo("node", [script, packages, port.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })!;
            while (await node.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
            {
                output.WriteLine(line);
            }

            await node.WaitForExitAsync(cancellationToken);
            if (node.ExitCode != 0)
            {
                throw new InvalidOperationException($"Node ended with exit code {node.ExitCode}.");
            }
        }
        catch (Win32Exception)
        {
            output.WriteLine("Node client: left out, since there is no Node on this machine.");
        }
    }

    private static string? Packages()
    {
        for (var d = new DirectoryInfo(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            var folder = Path.Combine(d.FullName, "tests", "interop-node");
            if (Directory.Exists(Path.Combine(folder, "node_modules", "@eventstore", "db-client")))
            {
                return folder;
            }
        }

        return null;
    }
}
