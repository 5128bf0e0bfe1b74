using System.Globalization;
using Loom.Api;
using Loom.Cli.Output;

namespace Loom.Cli.Client;

/// <summary>Sends an event log to a host and follows its import to the end. The host runs the import; this only watches.</summary>
internal static class XesImport
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(200);

    public static async Task<Answer<ImportStatus>> RunAsync(Invocation i, LoomClient client, string file, string query, CancellationToken cancellationToken)
    {
        var bytes = new FileInfo(file).Length;
        var status = await UploadAsync(i, client, file, bytes, query, cancellationToken);
        using var progress = new Progress(i, "Importing", "bytes");
        var path = $"/api/import/{Uri.EscapeDataString(status.Value.Id)}";
        while (status.Value.Status == "running")
        {
            progress.Report(Math.Min(status.Value.BytesRead, bytes - 1), bytes);
            await Task.Delay(PollEvery, cancellationToken);
            status = await client.GetAsync(path, LoomJson.Default.ImportStatus, cancellationToken);
        }

        if (status.Value.Status != "done")
        {
            throw new CliException(
                status.Value.Fault == "file" ? ExitCodes.Malformed : ExitCodes.SaidNo, $"The import {status.Value.Id} of {file} failed.", status.Value.Error,
                $"What was imported stays; see 'loom history {status.Value.Actor}'.");
        }

        progress.Report(bytes, bytes);
        return status;
    }

    public static string Summary(ImportStatus it) => string.Create(
        CultureInfo.InvariantCulture, $"{Counted.Of(it.Cases, "case")}, {Counted.Of(it.Steps, "step")}: {it.Accepted:N0} accepted, {it.Refused:N0} refused. Report: {it.Actor}");

    private static async Task<Answer<ImportStatus>> UploadAsync(
        Invocation i, LoomClient client, string file, long bytes, string query, CancellationToken cancellationToken)
    {
        using var progress = new Progress(i, "Sending", "bytes");
        await using var stream = File.OpenRead(file);
        using var body = new StreamContent(new CountingStream(stream, sent => progress.Report(sent, bytes)));
        body.Headers.ContentType = new("application/octet-stream");
        return await client.PostAsync(query, body, LoomJson.Default.ImportStatus, cancellationToken);
    }
}
