using System.Globalization;
using System.Text.Json;
using Loom.Api;
using Loom.Cli.Client;
using Loom.Cli.Output;

namespace Loom.Cli.Proofs;

/// <summary>
/// Follows a proof job to its end. With <c>--json</c> a line for every change on standard output; else progress on standard error, rewritten in
/// place on a terminal.
/// </summary>
internal sealed class ProofWatch(Invocation invocation, LoomClient client)
{
    private const int LookForTheReason = 8;
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(250);
    private string _last = "";
    private bool _inPlace;

    public static bool IsOpen(ProofItem job) => job.State is "queued" or "running" or "waiting";

    /// <exception cref="OperationCanceledException">Nobody waits any more; the job goes on.</exception>
    public async Task<ProofItem> ToItsEndAsync(ProofItem job, CancellationToken cancellationToken)
    {
        for (var polls = 0; IsOpen(job); polls++)
        {
            Report(job, job.State != "running" && polls % LookForTheReason == 1 ? await WhyAsync(cancellationToken) : null);
            await Task.Delay(PollEvery, cancellationToken);
            job = (await NamedTransition.JobAsync(client, job.Link, cancellationToken)).Value;
        }

        Report(job, null);
        EndLine();
        return job;
    }

    /// <summary>Ends a line that was rewritten in place.</summary>
    public void EndLine()
    {
        if (_inPlace)
        {
            invocation.Error.WriteLine();
            _inPlace = false;
        }
    }

    // Why nothing is proven now, if that is so: the queue knows, the job does not.
    private async Task<string?> WhyAsync(CancellationToken cancellationToken) =>
        (await client.GetAsync("/api/proofs?count=1", LoomJson.Default.ProofList, cancellationToken)).Value.Problem;

    private void Report(ProofItem job, string? why)
    {
        var text = invocation.Json ? JsonSerializer.Serialize(job, LoomJson.Default.ProofItem) : Line(job);
        if (text != _last)
        {
            _last = text;
            Write(text, job);
        }

        if (why is not null && why != _why && !invocation.Json)
        {
            _why = why;
            EndLine();
            invocation.Error.WriteLine($"  {Printable.Line(why)}");
        }
    }

    private string? _why;

    private void Write(string text, ProofItem job)
    {
        if (invocation.Json)
        {
            invocation.Line(text);
        }
        else if (invocation.ErrorIsTerminal)
        {
            invocation.Error.Write($"\r\u001b[K{text}");
            _inPlace = true;
        }
        else if (job.Progress is null or { Done: 0 })
        {
            invocation.Error.WriteLine(text);
        }
    }

    private static string Line(ProofItem job)
    {
        var state = $"{job.Actor} at revision {job.Revision}: {job.State}";
        return job switch
        {
            { State: "running", Progress: { } p } => string.Create(
                CultureInfo.InvariantCulture,
                $"{state}, {Printable.Line(p.Phase)}{(p.Total > 0 ? $" {100 * p.Done / p.Total} %" : "")}{(p.RemainingSeconds is { } left ? $", about {left:F1} s left" : "")}"),
            { State: "waiting" } => $"{state} until {(job.Until is { } until ? Times.Short(until) : "later")}: {Printable.Line(job.Reason ?? job.Code ?? "")}",
            _ => state,
        };
    }
}
