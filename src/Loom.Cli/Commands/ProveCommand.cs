using System.CommandLine;
using System.CommandLine.Parsing;
using Loom.Api;
using Loom.Cli.Client;
using Loom.Cli.Output;
using Loom.Cli.Proofs;

namespace Loom.Cli.Commands;

/// <summary><c>loom prove</c>: asks a host for the proof of a transition, and looks after the queue of proofs.</summary>
internal static class ProveCommand
{
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var subject = NamedTransition.Subject(ArgumentArity.ZeroOrOne);
        var revision = NamedTransition.At();
        var wait = new Option<bool>("--wait") { Description = "Follow the proof to its end. Exit 0: the receipt is attached; 1: there will be none. With --json a line for every change." };
        var cancel = new Option<bool>("--cancel-on-interrupt") { Description = "With --wait: Ctrl+C calls the proof off. Without it the proof goes on." };
        var command = new Command("prove", "Ask for the proof of a transition, or look after the queue of proofs.")
        {
            subject, revision, wait, cancel, CreateList(), CreateShow(),
            CreateChange("retry", "Try a proof anew that waits, is parked or was called off."), CreateChange("cancel", "Call a proof off."),
        };
        NamedTransition.Require(command, subject);
        return Remote.Runs(command, async (i, client, ct) =>
        {
            var named = await NamedTransition.FindAsync(client, i.Required(subject), i.Get(revision), ct);
            var asked = await client.PostAsync("/api/proofs", new ProofRequest(named.Actor, named.Revision), LoomJson.Default.ProofRequest, LoomJson.Default.ProofItem, ct);
            return i.Get(wait) ? await WaitAsync(i, client, asked.Value, i.Get(cancel), ct) : await ShowAsync(i, client, asked, ct);
        });
    }

    private static Command CreateList()
    {
        var state = new Option<string?>("--state") { Description = "Only jobs in this state." };
        state.AcceptOnlyFromAmong("queued", "running", "waiting", "attached", "parked", "cancelled");
        var before = new Option<long?>("--before") { Description = "Go on where the page before ended." };
        var count = new Option<int>("--count") { Description = "At most so many jobs.", DefaultValueFactory = _ => 50 };
        return Remote.Runs(new Command("list", "List the queue of proofs, newest first.") { state, before, count }, async (i, client, ct) =>
        {
            var path = Query.Of("/api/proofs", ("state", i.Get(state)), ("before", i.Get(before)), ("count", i.Get(count)));
            var answer = await client.GetAsync(path, LoomJson.Default.ProofList, ct);
            if (i.Json)
            {
                i.WriteBody(answer.Body);
            }
            else
            {
                ProofText.Write(i, answer.Value, answer.Value.Next is { } next ? $"More with --before {next}." : null);
            }

            return ExitCodes.Ok;
        });
    }

    private static Command CreateShow()
    {
        var (subject, revision) = (NamedTransition.Subject(ArgumentArity.ExactlyOne), NamedTransition.At());
        return Remote.Runs(new Command("show", "Show where the proof of a transition is.") { subject, revision }, async (i, client, ct) =>
        {
            var named = await NamedTransition.FindAsync(client, i.Required(subject), i.Get(revision), ct);
            return Show(i, await NamedTransition.JobAsync(client, named.Link, ct));
        });
    }

    private static Command CreateChange(string name, string description)
    {
        var (subject, revision) = (NamedTransition.Subject(ArgumentArity.ExactlyOne), NamedTransition.At());
        return Remote.Runs(new Command(name, description) { subject, revision }, async (i, client, ct) =>
        {
            var named = await NamedTransition.FindAsync(client, i.Required(subject), i.Get(revision), ct);
            return Show(i, await client.PostAsync($"/api/proofs/{named.Link}/{name}", null, LoomJson.Default.ProofItem, ct));
        });
    }

    private static async Task<int> ShowAsync(Invocation i, LoomClient client, Answer<ProofItem> job, CancellationToken cancellationToken)
    {
        Show(i, job);
        if (!i.Json && ProofWatch.IsOpen(job.Value)
            && (await client.GetAsync("/api/proofs?count=1", LoomJson.Default.ProofList, cancellationToken)).Value.Problem is { } problem)
        {
            i.Line($"Proofs wait. {Printable.Line(problem)}");
        }

        return ExitCodes.Ok;
    }

    private static int Show(Invocation i, Answer<ProofItem> job)
    {
        if (i.Json)
        {
            i.WriteBody(job.Body);
        }
        else
        {
            ProofText.Write(i, job.Value);
        }

        return ExitCodes.Ok;
    }

    private static async Task<int> WaitAsync(Invocation i, LoomClient client, ProofItem job, bool cancelOnInterrupt, CancellationToken cancellationToken)
    {
        var watch = new ProofWatch(i, client);
        try
        {
            job = await watch.ToItsEndAsync(job, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            watch.EndLine();
            if (!cancelOnInterrupt)
            {
                throw new CliException(
                    ExitCodes.Cancelled, "Nobody waits any more; the proof goes on.", null,
                    $"'loom prove show {job.Link}' says where it is, 'loom prove cancel {job.Link}' calls it off.");
            }

            using var last = new CancellationTokenSource(LastWord);
            await client.PostAsync($"/api/proofs/{job.Link}/cancel", null, LoomJson.Default.ProofItem, last.Token);
            throw new CliException(ExitCodes.Cancelled, $"The proof of {job.Actor} at revision {job.Revision} was called off.");
        }

        if (!i.Json)
        {
            ProofText.Write(i, job);
        }

        return job.State == "attached" ? ExitCodes.Ok : ExitCodes.SaidNo;
    }
}
