using System.CommandLine;
using System.Text.Json;
using Loom.Testing;

namespace Loom.Cli.Tests.Online;

/// <summary><c>--json</c> is one JSON value on standard output, for every command that asks a host; and each says so when there is none.</summary>
[Collection(HostCollection.Name)]
public sealed class JsonTests(HostFixture fixture) : IAsyncLifetime
{
    private static readonly string[][] Rows =
    [
        ["send", "account-json", "deposit", """{"amount":"1"}"""],
        ["actors"],
        ["actors", "--types"],
        ["show", "account-json"],
        ["history", "account-json"],
        ["replay", "account-json"],
        ["export", "account-json", "-o", "FILE", "--force"],
        ["trust", "export", "-o", "FILE", "--force"],
        ["log", "show"],
        ["log", "checkpoints"],
        ["log", "entries"],
        ["log", "proof", "account-json"],
        ["log", "publish"],
        ["key", "list"],
        ["projections", "list"],
        ["projections", "rebuild", "actors"],
        ["token", "list"],
        ["token", "create", "json", "--role", "auditor"],
        ["config", "explain", "--running"],
        ["journal", "scavenge", "--dry-run"],
        ["module", "add", Module],
        ["module", "list"],
        ["module", "use", "expense-declaration@1"],
        ["receipts", "account-json"],
    ];

    private static string Module => Path.Combine(TestData.Root, "samples", "modules", "expense-declaration.wasm");

    public static IEnumerable<object[]> Commands => Rows.Select(row => new object[] { row });

    public async Task InitializeAsync()
    {
        (await fixture.Host.LoomAsync("send", "account-json", "open", """{"owner":"o"}""", "--id", "json-open")).Good();
        (await fixture.Host.LoomAsync("module", "add", Module)).Good();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Json_is_one_value(string[] command)
    {
        var ran = await fixture.Host.LoomAsync([.. command.Select(a => a == "FILE" ? fixture.Folder["json.out"] : a), "--json"]);
        Assert.Equal((0, ""), (ran.Exit, ran.Error));
        using var json = JsonDocument.Parse(ran.Out);
        Assert.Contains(json.RootElement.ValueKind, new[] { JsonValueKind.Object, JsonValueKind.Array });
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Without_a_host_it_exits_69_and_says_where_it_looked(string[] command)
    {
        var ran = await Ran.LoomAsync([.. command.Select(a => a == "FILE" ? fixture.Folder["none.out"] : a), "--host", "http://127.0.0.1:1"]);
        Assert.Equal((69, ""), (ran.Exit, ran.Out));
        Assert.Contains("The host at http://127.0.0.1:1/ cannot be reached.", ran.Error, StringComparison.Ordinal);
        Assert.Contains("remedy: Start one with 'loom run'", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void No_command_that_asks_a_host_is_left_out()
    {
        // Followed or refused elsewhere: a stream, an upload, what a revocation and a rollback need, what asks for a proof.
        string[] elsewhere =
        [
            "tail", "import xes", "journal accept-rollback", "key rotate", "key revoke", "token revoke", "prove", "prove list", "prove show", "prove retry", "prove cancel",
            "receipts get",
        ];
        var asking = new List<string>();
        Visit(LoomApp.CreateRoot(), "", (path, command) =>
        {
            if (command.Options.Any(o => o.Name == "--host"))
            {
                asking.Add(path);
            }
        });
        var here = Rows.Select(row => string.Join(' ', row.TakeWhile(a => !a.StartsWith('-'))) + " ").ToList();
        Assert.DoesNotContain(asking, path => !elsewhere.Contains(path) && !here.Any(h => h.StartsWith(path + " ", StringComparison.Ordinal)));
    }

    private static void Visit(Command command, string path, Action<string, Command> visit)
    {
        visit(path, command);
        foreach (var child in command.Subcommands)
        {
            Visit(child, path.Length == 0 ? child.Name : $"{path} {child.Name}", visit);
        }
    }
}
