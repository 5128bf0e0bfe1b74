using System.CommandLine;
using System.Globalization;
using Loom.Api;
using Loom.Cli.Client;
using Loom.Cli.Modules;
using Loom.Cli.Output;
using Loom.Cli.Proofs;

namespace Loom.Cli.Commands;

/// <summary><c>loom receipts</c>: lists and fetches an actor's receipts, and verifies receipts offline.</summary>
internal static class ReceiptsCommand
{
    private const int MostBeside = 64 << 20;

    public static Command Create()
    {
        var actor = ActorArgument.Create();
        actor.Arity = ArgumentArity.ZeroOrOne;
        var from = new Option<long?>("--from") { Description = "Go on where the page before ended." };
        var count = new Option<int>("--count") { Description = "At most so many receipts.", DefaultValueFactory = _ => 50 };
        var command = new Command("receipts", "List the receipts of an actor, fetch one, or verify some offline.") { actor, from, count, CreateGet(), CreateVerify() };
        NamedTransition.Require(command, actor);
        return Remote.Runs(command, async (i, client, ct) =>
        {
            var path = Query.Of($"{ActorArgument.Path(i.Required(actor))}/receipts", ("from", i.Get(from)), ("count", i.Get(count)));
            return Show(i, await client.GetAsync(path, LoomJson.Default.ReceiptList, ct));
        });
    }

    private static int Show(Invocation i, Answer<ReceiptList> answer)
    {
        var list = answer.Value;
        if (i.Json)
        {
            i.WriteBody(answer.Body);
            return ExitCodes.Ok;
        }

        if (list.Receipts.Count == 0)
        {
            i.Line($"{list.Actor} has no receipts. 'loom prove {list.Actor} REVISION --wait' asks for one.");
            return ExitCodes.Ok;
        }

        var table = new Table("REVISION", "ATTACHED (UTC)", "SET", "BITS PROVEN", "CYCLES", "BYTES", "SECONDS", "IMAGE ID", "LINK");
        foreach (var r in list.Receipts)
        {
            table.Add(
                r.Revision, Times.Short(r.At), r.Set, r.ProvenBits is { } bits ? bits : "?", r.Cycles, r.Bytes,
                r.Milliseconds is { } ms ? (ms / 1000.0).ToString("F1", CultureInfo.InvariantCulture) : "?", Hashes.Short(r.ImageId), Hashes.Short(r.Link));
        }

        table.Write(i);
        if (list.Next is { } next)
        {
            i.Line($"More with --from {next}.");
        }

        return ExitCodes.Ok;
    }

    private static Command CreateGet()
    {
        var (subject, revision) = (NamedTransition.Subject(ArgumentArity.ExactlyOne), NamedTransition.At());
        var output = new Option<string?>("--output", "-o", "--out") { Description = "The file to write; ACTOR-at-REVISION.receipt when not given." };
        var force = new Option<bool>("--force") { Description = "Replace the file if it exists." };
        return Remote.Runs(new Command("get", "Write a transition's receipt to a file, with its input, output and image: all that a verifier needs but the trust in the image id.") { subject, revision, output, force }, async (i, client, ct) =>
        {
            var named = await NamedTransition.FindAsync(client, i.Required(subject), i.Get(revision), ct);
            using var response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, $"{ActorArgument.Path(named.Actor)}/receipts/{named.Revision}"), ct);
            var file = i.Get(output) ?? $"{named.Actor}-at-{named.Revision}.receipt";
            var bytes = await OutputFile.WriteAsync(file, i.Get(force), (stream, t) => response.Content.CopyToAsync(stream, t), ct);
            if (i.Json)
            {
                i.WriteJson(new { actor = named.Actor, revision = named.Revision, link = named.Link, file, bytes });
            }
            else
            {
                i.Line($"{file}: the receipt of {named.Actor} at revision {named.Revision}, {Counted.Of(bytes, "byte")}");
                i.Line($"Verify with: loom receipts verify {file} --image-id ID   ('loom-prover image MODULE' computes the id from the module)");
            }

            return ExitCodes.Ok;
        });
    }

    private static Command CreateVerify()
    {
        var files = new Argument<string[]>("files") { Description = "Receipts, or bundles that carry some.", Arity = ArgumentArity.OneOrMore };
        var revision = new Option<long?>("--revision") { Description = "Of a bundle: only the transition that begins at this revision." };
        var image = new Option<string?>("--image") { Description = "The image, where it is not attached to the receipt." };
        var input = new Option<string?>("--input") { Description = "The input, where it is not attached to the receipt." };
        var output = new Option<string?>("--output") { Description = "The output, where it is not attached to the receipt." };
        var explain = new Option<bool>("--explain") { Description = "Show the terms of soundness for each; for a single receipt they are always shown." };
        var command = new Command("verify", "Verify receipts offline: what is proven, how hard it is to forge, and whom that takes to believe.") { files, revision, image, input, output, explain };
        var trust = new ReceiptTrust.Options(command);
        return command.Runs(async (i, ct) =>
        {
            var judge = new ReceiptJudge(
                await trust.ReadAsync(i, ct),
                new BesideReceipt(await BesideAsync(i.Get(image), "an image", ct), await BesideAsync(i.Get(input), "an input", ct), await BesideAsync(i.Get(output), "an output", ct)));
            var judged = new List<JudgedReceipt>();
            foreach (var file in i.Required(files))
            {
                judged.AddRange(await judge.FileAsync(file, i.Get(revision), ct));
            }

            // A transition without a receipt is no receipt that fails; unless it was the one that was asked for, or nothing else is there.
            var receipts = judged.Where(r => r.Link is null || r.Statement is not null || i.Get(revision) is not null).ToList();
            var without = judged.Count - receipts.Count;
            if (i.Json)
            {
                i.WriteJson(new { receipts = receipts.Select(ReceiptText.ToJson), transitionsWithoutReceipt = without });
            }
            else
            {
                ReceiptText.Write(i, receipts, i.Get(explain) || receipts.Count == 1);
                if (without > 0)
                {
                    i.Line($"not covered: {Counted.Of(without, "transition")} without a receipt.");
                }
            }

            return receipts.Count == 0 ? ExitCodes.NotCovered : receipts.MaxBy(r => r.Outcome)!.Exit;
        });
    }

    private static async Task<byte[]?> BesideAsync(string? file, string what, CancellationToken cancellationToken) =>
        file is null ? null : await BoundedFile.RequireAsync(file, what, MostBeside, cancellationToken);
}
