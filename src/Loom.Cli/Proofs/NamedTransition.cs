using System.CommandLine;
using System.CommandLine.Parsing;
using Loom.Api;
using Loom.Cli.Client;
using Loom.Cli.Commands;
using Loom.Core;

namespace Loom.Cli.Proofs;

/// <summary>A transition as people name it in commands about proofs: <c>ACTOR [REVISION]</c>, or its link.</summary>
internal sealed record NamedTransition(string Actor, long Revision, string Link)
{
    public static Argument<string> Subject(ArgumentArity arity)
    {
        var subject = new Argument<string>("actor") { Description = "The actor, TYPE-ID, or the transition's link (64 hex digits).", Arity = arity };
        subject.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => !IsLink(t.Value) && !ActorId.TryParse(t.Value, out _)))
            {
                result.AddError($"'{token.Value}' is neither an actor, such as account-alice, nor a link of 64 hex digits.");
            }
        });
        return subject;
    }

    public static Argument<long?> At() => new("revision") { Description = "A revision of the transition; the last one when not given.", Arity = ArgumentArity.ZeroOrOne };

    /// <summary>Refuses a command line without the subject; for commands whose subcommands have none.</summary>
    public static void Require(Command command, Argument<string> subject) => command.Validators.Add(result =>
    {
        if (result.GetResult(subject) is not { Tokens.Count: > 0 })
        {
            result.AddError("Name an actor, or a subcommand.");
        }
    });

    /// <exception cref="CliException">There is no such transition.</exception>
    public static async Task<NamedTransition> FindAsync(LoomClient client, string subject, long? revision, CancellationToken cancellationToken)
    {
        if (IsLink(subject))
        {
            var job = await JobAsync(client, subject, cancellationToken);
            return new NamedTransition(job.Value.Actor, job.Value.Revision, subject);
        }

        var path = Query.Of($"{ActorArgument.Path(subject)}/transitions", ("from", revision), ("count", 1), ("direction", revision is null ? "backwards" : "forwards"));
        var page = (await client.GetAsync(path, LoomJson.Default.TransitionList, cancellationToken)).Value;
        return page.Transitions.Count > 0 && (revision is not { } wanted || (page.Transitions[0].Revision <= wanted && wanted <= page.Transitions[0].LastRevision))
            ? new NamedTransition(subject, page.Transitions[0].Revision, page.Transitions[0].Link)
            : throw new CliException(ExitCodes.SaidNo, $"{subject} has no revision {revision}.", null, $"'loom history {subject}' lists its transitions.");
    }

    public static Task<Answer<ProofItem>> JobAsync(LoomClient client, string link, CancellationToken cancellationToken) =>
        client.GetAsync($"/api/proofs/{link}", LoomJson.Default.ProofItem, cancellationToken);

    private static bool IsLink(string text) => Digest.TryParse(text, out _);
}
