using System.CommandLine;
using System.Globalization;
using Loom.Api;
using Loom.Cli.Client;
using Loom.Cli.Output;

namespace Loom.Cli.Commands;

/// <summary><c>loom export</c>: provenance bundles, one per actor.</summary>
internal static class ExportCommand
{
    private sealed record Exported(string Actor, string File, long Bytes, long TreeSize);

    public static Command Create()
    {
        var actors = new Argument<string[]>("actors") { Description = "The actors, TYPE-ID each.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string?>("--output", "-o") { Description = "The bundle's file, ACTOR.loom when not given; with several actors the folder for their bundles." };
        var hide = new Option<string[]>("--hide") { Description = "Leave out: data (events), commands. May be given twice.", AllowMultipleArgumentsPerToken = true };
        hide.AcceptOnlyFromAmong("data", "commands");
        var size = new Option<long?>("--at-size") { Description = "The tree size to export at (one that has a checkpoint); the latest when not given." };
        var force = new Option<bool>("--force") { Description = "Replace files that exist." };
        return Remote.Runs(new Command("export", "Write an actor's provenance bundle, for anyone to verify offline.") { actors, output, hide, size, force }, async (i, client, ct) =>
        {
            var names = i.Required(actors);
            if (i.Get(size) is null)
            {
                // The newest transitions get their checkpoint now, so that the bundle holds them.
                await client.PostAsync("/api/log/flush", null, LoomJson.Default.LogStatus, ct);
            }

            var done = new List<Exported>();
            foreach (var actor in names)
            {
                var file = names.Length == 1 ? i.Get(output) ?? $"{actor}.loom" : Path.Combine(i.Get(output) ?? ".", $"{actor}.loom");
                var path = Query.Of($"{ActorArgument.Path(actor)}/bundle", ("hide", i.Get(hide) is { Length: > 0 } parts ? string.Join(',', parts) : null), ("atSize", i.Get(size)));
                done.Add(await ExportAsync(client, actor, path, file, i.Get(force), ct));
            }

            Show(i, done);
            return ExitCodes.Ok;
        });
    }

    private static async Task<Exported> ExportAsync(LoomClient client, string actor, string path, string file, bool force, CancellationToken cancellationToken)
    {
        using var response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);
        var size = response.Headers.TryGetValues("Loom-Tree-Size", out var values) ? long.Parse(values.First(), CultureInfo.InvariantCulture) : 0;
        try
        {
            var bytes = await OutputFile.WriteAsync(file, force, (stream, ct) => response.Content.CopyToAsync(stream, ct), cancellationToken);
            return new Exported(actor, file, bytes, size);
        }
        catch (HttpRequestException e)
        {
            throw new CliException(ExitCodes.Unreachable, $"The host broke off the bundle of {actor}.", e.Message, "Ask again.");
        }
    }

    private static void Show(Invocation i, List<Exported> done)
    {
        if (i.Json)
        {
            i.WriteJson(done);
            return;
        }

        foreach (var it in done)
        {
            i.Line(string.Create(CultureInfo.InvariantCulture, $"{it.File}: {it.Actor} at tree size {it.TreeSize}, {it.Bytes:N0} bytes"));
        }

        i.Line($"Verify with: loom verify {done[0].File} --trust trust.json   ('loom trust export' makes trust.json)");
    }
}
