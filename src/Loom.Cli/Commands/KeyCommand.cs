using System.CommandLine;
using Loom.Api;
using Loom.Cli.Client;
using Loom.Cli.Output;

namespace Loom.Cli.Commands;

/// <summary><c>loom key</c>: the log's signing keys. A key is valid for tree sizes, never for times.</summary>
internal static class KeyCommand
{
    public static Command Create() => new("key", "List, rotate and revoke the log's keys.") { CreateList(), CreateRotate(), CreateRevoke() };

    private static Command CreateList() =>
        Remote.Runs(new Command("list", "List the log's keys and the tree sizes they sign."), async (i, client, ct) =>
            Show(i, await client.GetAsync("/api/keys", LoomJson.Default.KeyList, ct)));

    private static Command CreateRotate() =>
        Remote.Runs(new Command("rotate", "Make a new key, named and signed by the old one; both sign the next checkpoint."), async (i, client, ct) =>
            Show(i, await client.PostAsync("/api/keys/rotate", null, LoomJson.Default.KeyList, ct)));

    private static Command CreateRevoke()
    {
        var name = new Argument<string>("name") { Description = "The key's name ('loom key list')." };
        var after = new Option<long>("--after-size") { Description = "The last tree size for which the key is still believed.", Required = true };
        var reason = new Option<string>("--reason") { Description = "Why, for the audit log.", DefaultValueFactory = _ => "" };
        return Remote.Runs(new Command("revoke", "Say that a key is not to be believed beyond a tree size.") { name, after, reason }, async (i, client, ct) =>
            Show(i, await client.PostAsync(
                $"/api/keys/{Uri.EscapeDataString(i.Required(name))}/revoke", new RevokeRequest(i.Required(after), i.Get(reason) ?? ""),
                LoomJson.Default.RevokeRequest, LoomJson.Default.KeyList, ct)));
    }

    private static int Show(Invocation i, Answer<KeyList> answer)
    {
        if (i.Json)
        {
            i.WriteBody(answer.Body);
            return ExitCodes.Ok;
        }

        var table = new Table("KEY", "SIZES", "STATUS", "FINGERPRINT");
        foreach (var key in answer.Value.Keys)
        {
            table.Add(key.Name, $"{key.From} to {(key.To is { } to ? to : "now")}", key.Revoked ? "revoked" : key.To is null ? "in use" : "retired", key.Fingerprint);
        }

        table.Write(i);
        return ExitCodes.Ok;
    }
}
