using System.CommandLine;
using Loom.Api;
using Loom.Cli.Client;
using Loom.Cli.Hosting;
using Loom.Cli.Output;
using Loom.Cli.Proofs;
using Loom.Hosting.Proofs;
using Loom.Samples.ExpenseDeclarations;

namespace Loom.Cli.Commands;

/// <summary><c>loom demo</c>: the main job in one command, on a host and a data folder of its own.</summary>
internal static class DemoCommand
{
    private const int Seed = 2026;
    private const string Log = "demo.xes";

    public static Command Create()
    {
        var cases = new Option<int>("--cases") { Description = "How many expense declarations to invent.", DefaultValueFactory = _ => 1500 };
        cases.Validators.Add(r =>
        {
            if (r.GetValue(cases) is < 1 or > 1_000_000)
            {
                r.AddError("--cases takes 1 to 1000000.");
            }
        });
        var data = new Option<string>("--data") { Description = "The demo's own data folder.", DefaultValueFactory = _ => Path.Combine(".loom", "demo") };
        var urls = new Option<string?>("--urls") { Description = $"Where the demo's host listens; {Remote.DefaultHost} or, where that is taken, a free port." };
        var noOpen = new Option<bool>("--no-open") { Description = "Do not open a browser." };
        var exit = new Option<bool>("--exit-after-import") { Description = "Stop when everything is imported and proven." };
        var prover = new Option<string?>("--prover") { Description = "The program loom-prover; the one of the checkout or on the PATH when not given. Without one the demo proves nothing, and says so." };
        return new Command("demo", "Start a host, import an invented event log, prove transitions of a module, open the console, and say what to try.") { cases, data, urls, noOpen, exit, prover }
            .Runs((i, ct) => RunAsync(i, new DemoWishes(i.Get(cases), Path.GetFullPath(i.Get(data)!), i.Get(urls), !i.Get(noOpen), i.Get(exit), i.Get(prover)), ct));
    }

    private sealed record DemoWishes(int Cases, string Data, string? Urls, bool Open, bool Exit, string? Prover);

    private static async Task<int> RunAsync(Invocation i, DemoWishes wishes, CancellationToken cancellationToken)
    {
        var (defaultPort, data) = (new Uri(Remote.DefaultHost).Port, wishes.Data);
        var prover = wishes.Prover is { } named ? Path.GetFullPath(named) : ProverLocation.Find();
        prover = File.Exists(prover) ? prover : null;
        Say(i, $"Starting a host on {data}…");
        await using var host = await OwnHost.StartAsync(
            data, wishes.Urls ?? (OwnHost.IsFree(defaultPort) ? Remote.DefaultHost : null), prover is null ? [] : DemoReceipts.HostArguments(prover), cancellationToken);
        using var client = new LoomClient(host.Address.ToString(), null);
        var actors = await ActorsAsync(client, cancellationToken);
        if (actors.Total == 0)
        {
            await ImportAsync(i, client, data, wishes.Cases, cancellationToken);
            actors = await CaughtUpAsync(client, cancellationToken);
        }
        else
        {
            Say(i, $"This folder holds {Counted.Of(actors.Total, "declaration")} from before; nothing is imported. For a fresh demo give another --data.");
        }

        var proofs = await ProveAsync(i, client, data, prover, cancellationToken);
        if (i.Json)
        {
            i.WriteJson(new { url = host.Address, data, declarations = actors.Total, proofs });
        }

        if (wishes.Exit)
        {
            return ExitCodes.Ok;
        }

        DemoText.Write(i, host.Address, actors.Actors.Count > 0 ? actors.Actors[0].Actor : "account-alice", proofs);
        if (wishes.Open)
        {
            Browser.TryOpen(host.Address);
        }

        return await StayAsync(i, host, cancellationToken);
    }

    // Whatever is wrong with proofs is told, and ends no demo.
    private static async Task<DemoProofs?> ProveAsync(Invocation i, LoomClient client, string data, string? prover, CancellationToken cancellationToken)
    {
        if (prover is null)
        {
            Say(i, "Proofs are left out: there is no loom-prover, neither in this checkout nor on the PATH. Install Rust 1.88 or later (https://rustup.rs); './loom demo' builds the prover then.");
            return null;
        }

        try
        {
            return await new DemoReceipts(i, client, data).RunAsync(cancellationToken);
        }
        catch (CliException e)
        {
            Say(i, $"Proofs are left out: {Printable.Line(e.Message)}{(e.Remedy is { } remedy ? $" {remedy}" : "")}");
            return null;
        }
    }

    private static async Task<int> StayAsync(Invocation i, OwnHost host, CancellationToken cancellationToken)
    {
        try
        {
            await host.ExitedAsync(cancellationToken);
            throw new CliException(ExitCodes.Unreachable, "The demo's host ended.", host.LastWords());
        }
        catch (OperationCanceledException)
        {
            Say(i, "Stopping…");
            return ExitCodes.Ok; // Ctrl+C is how a demo ends.
        }
    }

    private static async Task ImportAsync(Invocation i, LoomClient client, string data, int cases, CancellationToken cancellationToken)
    {
        var file = Path.Combine(data, Log);
        Say(i, $"Inventing {Counted.Of(cases, "expense declaration")}…");
        await using (var stream = File.Create(file))
        {
            await DemoLog.WriteAsync(stream, Seed, cases, cancellationToken);
        }

        var query = Query.Of(
            "/api/import/xes", ("machine", "declaration"), ("resourceKey", DemoLog.ResourceKey), ("amountKey", DemoLog.AmountKey), ("file", Log), ("set.fourEyes", "on"));
        var done = await XesImport.RunAsync(i, client, file, query, cancellationToken);
        Say(i, $"Imported {XesImport.Summary(done.Value)}");
    }

    /// <summary>Waits for the directory (a projection) to have seen everything that was just imported.</summary>
    private static async Task<ActorList> CaughtUpAsync(LoomClient client, CancellationToken cancellationToken)
    {
        var actors = await ActorsAsync(client, cancellationToken);
        while (actors.Lag > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
            actors = await ActorsAsync(client, cancellationToken);
        }

        return actors;
    }

    private static async Task<ActorList> ActorsAsync(LoomClient client, CancellationToken cancellationToken) =>
        (await client.GetAsync("/api/actors?type=declaration&order=length&take=1", LoomJson.Default.ActorList, cancellationToken)).Value;

    private static void Say(Invocation i, string text) => (i.Json ? i.Error : i.Out).WriteLine(text);
}
