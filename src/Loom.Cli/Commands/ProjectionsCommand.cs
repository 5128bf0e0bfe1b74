using System.CommandLine;
using System.Globalization;
using Loom.Api;
using Loom.Cli.Client;
using Loom.Cli.Output;

namespace Loom.Cli.Commands;

/// <summary><c>loom projections</c>: views built from the journal; they may always be built anew.</summary>
internal static class ProjectionsCommand
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(200);

    public static Command Create() => new("projections", "List and rebuild projections.") { CreateList(), CreateRebuild() };

    private static Command CreateList() =>
        Remote.Runs(new Command("list", "List projections and how far behind the journal they are."), async (i, client, ct) =>
        {
            var answer = await client.GetAsync("/api/projections", LoomJson.Default.ProjectionList, ct);
            if (i.Json)
            {
                i.WriteBody(answer.Body);
                return ExitCodes.Ok;
            }

            var table = new Table("PROJECTION", "BEHIND", "POSITION", "STATUS");
            foreach (var p in answer.Value.Projections)
            {
                table.Add(p.Name, p.Lag, p.Position, p.Fault ?? (p.Progress is { } done ? $"rebuilding, {done.ToString("P0", CultureInfo.InvariantCulture)}" : "running"));
            }

            table.Write(i);
            return ExitCodes.Ok;
        });

    private static Command CreateRebuild()
    {
        var name = new Argument<string>("name") { Description = "The projection's name." };
        var background = new Option<bool>("--no-wait") { Description = "Do not wait for the end." };
        return Remote.Runs(new Command("rebuild", "Build a projection anew from the journal.") { name, background }, async (i, client, ct) =>
        {
            var projection = i.Required(name);
            var answer = await client.PostAsync($"/api/projections/{Uri.EscapeDataString(projection)}/rebuild", null, LoomJson.Default.ProjectionList, ct);
            using (var progress = new Progress(i, $"Rebuilding {projection}", "percent"))
            {
                while (!i.Get(background) && answer.Value.Projections.FirstOrDefault(p => p.Name == projection)?.Progress is { } done)
                {
                    progress.Report((long)(done * 100), 100);
                    await Task.Delay(PollEvery, ct);
                    answer = await client.GetAsync("/api/projections", LoomJson.Default.ProjectionList, ct);
                }
            }

            if (answer.Value.Projections.FirstOrDefault(p => p.Name == projection)?.Fault is { } fault)
            {
                throw new CliException(ExitCodes.SaidNo, $"The projection {projection} stopped.", fault);
            }

            if (i.Json)
            {
                i.WriteBody(answer.Body);
            }
            else
            {
                i.Line(i.Get(background) ? $"Rebuilding {projection}; see 'loom projections list'." : $"Rebuilt {projection}.");
            }

            return ExitCodes.Ok;
        });
    }
}
