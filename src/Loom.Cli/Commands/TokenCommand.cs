using System.CommandLine;
using Loom.Api;
using Loom.Cli.Client;
using Loom.Cli.Output;

namespace Loom.Cli.Commands;

/// <summary><c>loom token</c>: who may ask this host. A secret is shown once and kept nowhere.</summary>
internal static class TokenCommand
{
    public static Command Create() => new("token", "Create, list and revoke access tokens.") { CreateCreate(), CreateList(), CreateRevoke() };

    private static Command CreateCreate()
    {
        var name = new Argument<string>("name") { Description = "Who uses it; becomes the principal in links." };
        var roles = new Option<string[]>("--role") { Description = "operator, auditor, service, developer, host or prover; may be given more than once.", Required = true, AllowMultipleArgumentsPerToken = true };
        roles.AcceptOnlyFromAmong("operator", "auditor", "service", "developer", "host", "prover");
        var application = new Option<string[]>("--app-role") { Description = "A role of the application that machines see, for example 'BUDGET OWNER'; may be given more than once." };
        var days = new Option<int?>("--days") { Description = "Days until it expires; never when not given." };
        return Remote.Runs(new Command("create", "Create a token and print its secret, this once.") { name, roles, application, days }, async (i, client, ct) =>
        {
            var answer = await client.PostAsync(
                "/api/tokens", new TokenRequest(i.Required(name), i.Required(roles), i.Get(application), i.Get(days)), LoomJson.Default.TokenRequest, LoomJson.Default.TokenCreated, ct);
            if (i.Json)
            {
                i.WriteBody(answer.Body);
            }
            else
            {
                i.Line(answer.Value.Token);
                i.Error.WriteLine($"Token {answer.Value.Id} for {answer.Value.Item.Name}. The line above is its secret; it is shown this once. Use it as LOOM_TOKEN.");
            }

            return ExitCodes.Ok;
        });
    }

    private static Command CreateList() =>
        Remote.Runs(new Command("list", "List tokens, without their secrets."), async (i, client, ct) =>
        {
            var answer = await client.GetAsync("/api/tokens", LoomJson.Default.TokenList, ct);
            if (i.Json)
            {
                i.WriteBody(answer.Body);
                return ExitCodes.Ok;
            }

            var table = new Table("ID", "NAME", "ROLES", "APPLICATION ROLES", "CREATED", "EXPIRES");
            foreach (var t in answer.Value.Tokens)
            {
                table.Add(t.Id, t.Name, string.Join(", ", t.Roles), string.Join(", ", t.ApplicationRoles), Times.Short(t.Created), t.Expires is { } end ? Times.Short(end) : "never");
            }

            if (table.Count > 0)
            {
                table.Write(i);
            }
            else
            {
                i.Line("No tokens. 'loom token create' makes one.");
            }

            return ExitCodes.Ok;
        });

    private static Command CreateRevoke()
    {
        var id = new Argument<string>("id") { Description = "The token's id ('loom token list')." };
        return Remote.Runs(new Command("revoke", "Revoke a token at once.") { id }, async (i, client, ct) =>
        {
            await client.DeleteAsync($"/api/tokens/{Uri.EscapeDataString(i.Required(id))}", ct);
            if (i.Json)
            {
                i.WriteJson(new { revoked = i.Required(id) });
            }
            else
            {
                i.Line($"Revoked {i.Required(id)}.");
            }

            return ExitCodes.Ok;
        });
    }
}
