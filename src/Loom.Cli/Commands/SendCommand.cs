using System.CommandLine;
using System.Globalization;
using Loom.Api;
using Loom.Cli.Client;
using Loom.Cli.Output;

namespace Loom.Cli.Commands;

/// <summary><c>loom send</c>: one command to one actor, answered when it is durable.</summary>
internal static class SendCommand
{
    public static Command Create()
    {
        var actor = ActorArgument.Create();
        var type = new Argument<string>("command") { Description = "The command's type, for example deposit." };
        var body = new Argument<string?>("body") { Description = "Its body: JSON, @FILE, or - for standard input; {} when not given.", Arity = ArgumentArity.ZeroOrOne };
        var id = new Option<string?>("--id") { Description = "The command's id. The same id with the same body is done once, however often it is sent." };
        var expect = new Option<long?>("--expect") { Description = "Refuse unless the actor's last revision is this one; -1: not born yet." };
        var correlation = new Option<string?>("--correlation") { Description = "The conversation that the command belongs to." };
        var roles = new Option<string?>("--roles") { Description = "The application roles to act with, separated by commas." };
        var principal = new Option<string?>("--as") { Description = "The principal to act as (on loopback, or with the role host)." };
        return Remote.Runs(new Command("send", "Send a command to an actor.") { actor, type, body, id, expect, correlation, roles, principal }, async (i, client, ct) =>
        {
            var commandId = i.Get(id) ?? $"cli-{Guid.CreateVersion7():N}";
            var path = $"{ActorArgument.Path(i.Required(actor))}/commands/{Uri.EscapeDataString(i.Required(type))}";
            using var request = new HttpRequestMessage(HttpMethod.Post, i.Get(expect) is { } seen ? $"{path}?expectedRevision={seen.ToString(CultureInfo.InvariantCulture)}" : path)
            {
                Content = LoomClient.Json(await ReadBodyAsync(i.Get(body), ct)),
            };
            AddHeader(request, "Idempotency-Key", commandId);
            AddHeader(request, "Loom-Correlation", i.Get(correlation));
            AddHeader(request, "Loom-Roles", i.Get(roles));
            AddHeader(request, "Loom-Principal", i.Get(principal));
            return Show(i, await SendAsync(client, request, commandId, ct));
        });
    }

    private static void AddHeader(HttpRequestMessage request, string name, string? value)
    {
        if (value is not null && !request.Headers.TryAddWithoutValidation(name, value))
        {
            throw new CliException(ExitCodes.Usage, $"'{Printable.Line(value)}' cannot be sent as {name}.", "A header is one line of text.");
        }
    }

    /// <summary>Names the id when the outcome is unknown: only with it may the command be sent again.</summary>
    private static async Task<Answer<CommandResult>> SendAsync(LoomClient client, HttpRequestMessage request, string commandId, CancellationToken cancellationToken)
    {
        try
        {
            return await client.AskAsync(request, LoomJson.Default.CommandResult, cancellationToken);
        }
        catch (CliException e) when (e is { ExitCode: ExitCodes.Unreachable, Problem: null })
        {
            throw new CliException(e.ExitCode, e.Message, e.Why, $"{e.Remedy} Whether the command was done is unknown: send it again with --id {commandId}, and it is done once.");
        }
    }

    private static int Show(Invocation i, Answer<CommandResult> answer)
    {
        if (i.Json)
        {
            i.WriteBody(answer.Body);
            return ExitCodes.Ok;
        }

        var done = answer.Value;
        var what = done.Events == 0 ? "nothing to do" : Counted.Of(done.Events, "event");
        i.Line($"{(done.Repeated ? "done before" : "done")}: {done.Actor} at revision {done.Revision}, {what}");
        i.Line($"link {done.Link}, command {done.CommandId}");
        return ExitCodes.Ok;
    }

    private static async Task<string> ReadBodyAsync(string? body, CancellationToken cancellationToken) => body switch
    {
        null or "" => "{}",
        "-" => await Console.In.ReadToEndAsync(cancellationToken),
        ['@', .. var file] => await File.ReadAllTextAsync(file, cancellationToken),
        _ => body,
    };
}
