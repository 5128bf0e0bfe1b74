using System.Collections;
using System.Text.Json;
using Loom.Api;
using Loom.Core;
using Loom.Hosting.Api;
using Loom.Hosting.Configuration;
using Loom.Journal;
using Loom.Runtime;

namespace Loom.Hosting;

/// <summary>Puts a host together.</summary>
public sealed class LoomHostBuilder
{
    private readonly string[] _args;

    internal LoomHostBuilder(string[] args) => _args = args;

    /// <summary>Machines beside those of the samples and of <c>--machines</c>.</summary>
    public IList<Machine> Machines { get; } = [];

    /// <summary>What actors may ask this host to do outside: activities, by name.</summary>
    public ActivityRegistry Activities { get; } = new();

    /// <summary>The environment; replaced by tests.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Variables { get; init; } =
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(e => KeyValuePair.Create((string)e.Key, (string?)e.Value ?? ""));

    /// <summary>Builds the host and starts it.</summary>
    public async Task<LoomApplication> StartAsync(CancellationToken cancellationToken = default) =>
        await LoomApplication.StartAsync(LiveSettings.Load(_args, Variables), Machines.AsReadOnly(), Activities, cancellationToken);

    /// <summary>Runs a host until it is told to stop; what keeps it from starting is said on standard error.</summary>
    /// <returns>The exit code: 0, or 64 wrong usage or configuration, 70 a bug, 74 damaged data, 75 data folder or address in use.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            var settings = LiveSettings.Load(_args, Variables);
            if (settings.Explain)
            {
                Console.WriteLine(JsonSerializer.Serialize(OperationRoutes.Explain(settings), LoomJson.Default.ConfigExplanation));
                return 0;
            }

            await using var host = await LoomApplication.StartAsync(settings, Machines.AsReadOnly(), Activities, cancellationToken);
            host.Announce(Console.Out);
            await host.WaitForShutdownAsync(cancellationToken);
            return 0;
        }
        catch (Exception e) when (Explain(e) is { } known)
        {
            await Console.Error.WriteLineAsync($"Loom does not start. {known.Message}");
            return (int)known.Code;
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"Loom has failed; this is a bug, please report it with this text.\n{e}");
            return (int)ExitCode.Bug;
        }
    }

    private static (ExitCode Code, string Message)? Explain(Exception e) => e switch
    {
        ConfigurationException => (ExitCode.Usage, e.Message),
        StartupException s => (s.Code, s.Message),
        JournalException { Failure: JournalFailure.InUse } => (ExitCode.InUse, e.Message),
        JournalException { Failure: JournalFailure.Corrupt } => (ExitCode.Damaged, e.Message),
        JournalException => (ExitCode.InUse, e.Message),
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } => (ExitCode.InUse, $"{e.Message} Stop what listens there, or choose another address with --urls."),
        InvalidDataException => (ExitCode.Damaged, e.Message),
        IOException or UnauthorizedAccessException => (ExitCode.InUse, $"{e.Message} Give this user the right to write there, or make space, or choose another folder with --data."),
        _ => null,
    };
}
