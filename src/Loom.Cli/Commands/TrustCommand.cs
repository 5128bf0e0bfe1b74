using System.CommandLine;
using Loom.Cli.Client;
using Loom.Cli.Output;

namespace Loom.Cli.Commands;

/// <summary><c>loom trust</c>: the file in which an auditor says whom to believe.</summary>
internal static class TrustCommand
{
    public static Command Create() => new("trust", "Make and read trust files.") { CreateExport(), CreateShow() };

    private static Command CreateExport()
    {
        var output = new Option<string>("--output", "-o") { Description = "The file to write.", DefaultValueFactory = _ => "trust.json" };
        var force = new Option<bool>("--force") { Description = "Replace the file if it exists." };
        return Remote.Runs(new Command("export", "Write a host's trust file, and print its fingerprints to compare by telephone.") { output, force }, async (i, client, ct) =>
        {
            using var response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/api/trust"), ct);
            var bytes = await response.Content.ReadAsByteArrayAsync(ct);
            var file = i.Required(output);
            await OutputFile.WriteAsync(file, i.Get(force), (stream, t) => stream.WriteAsync(bytes, t).AsTask(), ct);
            return TrustFiles.Show(i, file, bytes);
        });
    }

    private static Command CreateShow()
    {
        var file = new Argument<string>("file") { Description = "The trust file." };
        return new Command("show", "Print whom a trust file believes, with fingerprints.") { file }
            .Runs(async (i, ct) => TrustFiles.Show(i, i.Required(file), await File.ReadAllBytesAsync(i.Required(file), ct)));
    }
}
