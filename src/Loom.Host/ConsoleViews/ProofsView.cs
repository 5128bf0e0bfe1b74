using Loom.Core;
using Loom.Hosting.Access;
using Loom.Hosting.Actors;
using Loom.Hosting.Operations;
using Loom.Hosting.Problems;
using Loom.Hosting.Proofs;
using Loom.Journal;
using Loom.Proving;
using Loom.Runtime;
using Loom.Web.Data;

namespace Loom.Hosting.ConsoleViews;

/// <summary>The queue of proofs as the console asks for it.</summary>
internal sealed class ProofsView(
    ProofSource source, IServiceProvider services, ActorReader reader, ModuleRegistry modules, Audit audit, PersonAtConsole person, TimeProvider time) : IProofQueue
{
    public async Task<ProofsNow> NowAsync(CancellationToken cancellationToken)
    {
        var service = source.Service;
        var figures = (await source.QueueAsync(cancellationToken))?.Figures;
        var rights = ProofRows.RightsOf(await person.WhoAsync());
        return new ProofsNow(
            service is not null,
            service is null ? null : services.GetRequiredService<ProverInUse>().Missing(service.Policies) ?? service.WithoutProver?.Reason,
            service is null ? ProverLocation.Find() : null,
            Enum.GetValues<ProofState>().ToDictionary(s => s, s => figures?.ByState[ProofRows.Of(s)] ?? 0),
            figures?.Oldest?.Time, figures?.DecidedToProve ?? 0, figures?.DecidedNotTo ?? 0, service?.InCharge ?? false,
            [.. (service?.Policies ?? ProofPolicies.None).All.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => new ProofRule(p.Key, p.Value.ToString(), p.Value.Set.Name))],
            rights);
    }

    public async Task<ProofsPage> FindAsync(ProofsQuery query, CancellationToken cancellationToken)
    {
        if (await source.QueueAsync(cancellationToken) is not { } queue)
        {
            return new ProofsPage([], null);
        }

        var text = string.IsNullOrWhiteSpace(query.Text) ? null : query.Text.Trim();
        var page = queue.List([.. query.States.Select(ProofRows.Of)], text, query.Before, Math.Clamp(query.Take, 1, 200));
        return new ProofsPage([.. page.Jobs.Select(Row)], page.Next);
    }

    public async Task<ProofRow?> ProofAsync(string link, CancellationToken cancellationToken) =>
        Digest.TryParse(link, out var hash) && (await source.QueueAsync(cancellationToken))?.Find(hash) is { } job ? Row(job) : null;

    public async Task<IReadOnlyDictionary<string, ProofRow>> MarksAsync(IReadOnlyList<string> links, CancellationToken cancellationToken)
    {
        var marks = new Dictionary<string, ProofRow>(StringComparer.Ordinal);
        if (links.Count > 0 && await source.QueueAsync(cancellationToken) is { } queue)
        {
            foreach (var link in links)
            {
                if (Digest.TryParse(link, out var hash) && queue.Find(hash) is { } job)
                {
                    marks[link] = Row(job);
                }
            }
        }

        return marks;
    }

    public async Task<ProofStanding?> StandingAsync(string stream, long number, CancellationToken cancellationToken)
    {
        if (await LinkAsync(stream, number, cancellationToken) is not var (actor, link))
        {
            return null;
        }

        var caller = await person.WhoAsync();
        var rights = ProofRows.RightsOf(caller);
        var queue = await source.QueueAsync(cancellationToken);
        if (queue?.Find(link.Hash) is { } job)
        {
            return new ProofStanding(Row(job), null, false, null, rights);
        }

        var decided = queue?.RecentDecisions.FirstOrDefault(d => d.Link == link.Hash && !d.Prove);
        var whyNot = WhyNot(actor, link) ?? WhyNot(caller);
        return new ProofStanding(null, decided?.Reason, whyNot is null, whyNot, rights);
    }

    public Task<string?> RequestAsync(string stream, long number, CancellationToken cancellationToken) => TryAsync(async by =>
    {
        if (await LinkAsync(stream, number, cancellationToken) is not var (actor, link))
        {
            return $"{stream} has no transition {number}.";
        }

        return WhyNot(actor, link) ?? Answer(await source.Service!.RequestAsync(link, by, cancellationToken));
    });

    public Task<string?> RetryAsync(string link, CancellationToken cancellationToken) =>
        ChangeAsync(link, (queue, hash, by) => queue.RetryAsync(hash, by, cancellationToken));

    public Task<string?> CancelAsync(string link, CancellationToken cancellationToken) =>
        ChangeAsync(link, (queue, hash, by) => queue.CancelAsync(hash, by, cancellationToken));

    private Task<string?> ChangeAsync(string link, Func<ProofQueue, Digest, string, Task<ProofAnswer>> change) => TryAsync(async by =>
        !Digest.TryParse(link, out var hash) ? "A proof is named by its transition's link: 64 lower-case hex digits."
        : source.Service is not { } service ? Off()
        : Answer(await change(service.Queue, hash, by)));

    // The person's right first, then the journal's readiness; every refusal is a sentence.
    private async Task<string?> TryAsync(Func<string, Task<string?>> change)
    {
        var caller = await person.WhoAsync();
        if (WhyNot(caller) is { } no)
        {
            return no;
        }

        try
        {
            audit.RequireWritable();
            return await change(caller.Principal);
        }
        catch (RefusedException e)
        {
            return e.Refusal.Detail;
        }
        catch (JournalException e)
        {
            return e.Message;
        }
    }

    private static string? WhyNot(Caller caller) =>
        caller.May(Permission.Proofs) ? null : $"{caller.Principal} may not ask for proofs; it takes one of the roles {string.Join(", ", AccessTable.Having(Permission.Proofs))}.";

    private string? WhyNot(ActorId actor, Link link) =>
        !link.Machine.IsWasm || link.Kind == LinkKind.Upgrade ? ProofQueue.Refusal(link, ProofPolicy.Never)!.Message
        : source.Service is not { } service ? Off()
        : ProofQueue.Refusal(link, service.Policies.Of(actor.Type))?.Message;

    private static string Off() => "This host proves nothing: it has neither proof policies nor a prover. Set proving.policies and proving.prover.";

    private static string? Answer(ProofAnswer answer) => answer is ProofAnswer.Refused refused ? refused.Message : null;

    private async Task<(ActorId Actor, Link Link)?> LinkAsync(string stream, long number, CancellationToken cancellationToken) =>
        ActorId.TryParse(stream, out var actor) && await reader.FindAsync(actor, number, cancellationToken) is { } found ? (actor, found.Transition.Link) : null;

    private ProofRow Row(ProofJob job) => ProofRows.Of(job, source.Service, modules, time.GetUtcNow());
}
