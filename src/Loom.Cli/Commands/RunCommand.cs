using System.CommandLine;
using System.Diagnostics;
using Loom.Cli.Hosting;
using Loom.Cli.Output;

namespace Loom.Cli.Commands;

/// <summary><c>loom run</c>: a host in the foreground, until Ctrl+C.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var machines = new Option<string[]>("--machines") { Description = "An assembly with machines of your own, for example ./bin/My.Machines.dll; may be given more than once." };
        var data = new Option<DirectoryInfo?>("--data") { Description = "The data folder; .loom when not given." };
        var urls = new Option<string?>("--urls") { Description = "Where to listen, for example http://127.0.0.1:0 for a free port." };
        var config = new Option<FileInfo?>("--config") { Description = "The configuration file; loom.json when not given." };
        var journal = new Option<string?>("--journal") { Description = "Keep the journal on EventStoreDB (KurrentDB) or on another host that serves its protocol: a connection string, for example esdb://127.0.0.1:2113?tls=false." };
        var served = new Option<string?>("--esdb") { Description = "Where clients of EventStoreDB find this host's journal; http://127.0.0.1:2113 when not given, off for nowhere." };
        return new Command("run", "Start a host in this terminal and keep it until Ctrl+C.") { machines, data, urls, config, journal, served }
            .Runs((i, ct) => RunAsync(
                new HostOptions(i.Get(data)?.FullName, i.Get(urls), [.. (i.Get(machines) ?? []).Select(Path.GetFullPath)], i.Get(config)?.FullName)
                {
                    Journal = i.Get(journal),
                    EventStoreDb = i.Get(served),
                },
                ct));
    }

    private static async Task<int> RunAsync(HostOptions options, CancellationToken cancellationToken)
    {
        foreach (var machine in options.Machines.Where(m => !File.Exists(m)))
        {
            throw new CliException(ExitCodes.Usage, $"{machine} does not exist.", "It was named by --machines.", "Build the machine first: 'dotnet build' in its folder.");
        }

        var start = HostProgram.Require().StartInfo(options.ToArguments());
        foreach (var (name, value) in options.Variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        return await Child.WaitAsync(process, cancellationToken);
    }
}
