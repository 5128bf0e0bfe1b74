using System.CommandLine;
using Loom.Cli.Output;

namespace Loom.Cli.Client;

/// <summary>The options of every command that asks a host: where it is, and who asks.</summary>
internal sealed class Remote
{
    public const string DefaultHost = "http://127.0.0.1:5080";

    private readonly Option<string?> _host = new("--host") { Description = $"The host's address; LOOM_HOST, else {DefaultHost}, when not given." };
    private readonly Option<string?> _token = new("--token") { Description = "The token to come with; LOOM_TOKEN when not given. Loopback needs none." };

    private Remote(Command command)
    {
        command.Options.Add(_host);
        command.Options.Add(_token);
    }

    /// <summary>Gives the command the options and an action that gets a client.</summary>
    public static Command Runs(Command command, Func<Invocation, LoomClient, CancellationToken, Task<int>> action)
    {
        var remote = new Remote(command);
        return command.Runs(async (invocation, cancellationToken) =>
        {
            using var client = remote.Open(invocation);
            return await action(invocation, client, cancellationToken);
        });
    }

    /// <summary>The same for a command that works without a host too: the client is there when <c>--host</c> is given.</summary>
    public static Command MayRun(Command command, Func<Invocation, LoomClient?, CancellationToken, Task<int>> action)
    {
        var remote = new Remote(command);
        remote._host.Description = "Ask the host at this address, which has the journal open; without it the data folder is worked on.";
        return command.Runs(async (invocation, cancellationToken) =>
        {
            using var client = invocation.Get(remote._host) is null ? null : remote.Open(invocation);
            return await action(invocation, client, cancellationToken);
        });
    }

    private LoomClient Open(Invocation invocation) => new(
        invocation.Get(_host) ?? Setting("LOOM_HOST") ?? DefaultHost,
        invocation.Get(_token) ?? Setting("LOOM_TOKEN"));

    private static string? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
