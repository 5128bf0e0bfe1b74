using Loom.Core;
using Loom.Journal;
using Loom.Journal.Blobs;
using Loom.Provenance.Receipts;
using Loom.Testing;
using InputFrame = Loom.Wasm.InputFrame;
using OutputFrame = Loom.Wasm.OutputFrame;

namespace Loom.Proving.Tests;

public sealed class ReceiptTests
{
    private const string Always = """{"ledger":"always"}""";

    [Fact]
    public async Task A_receipt_is_attached_as_an_act_of_its_own_and_names_everything_that_it_is_verified_with()
    {
        await using var bench = new Bench();
        var actors = await bench.ActorsAsync();
        var service = await bench.ProveAsync(Always);
        await actors.Open("ledger-a");
        await actors.Deposit("ledger-a", 1500);

        await bench.Until(() => service.Queue.Figures.ByState[ProofJobState.Attached] == 2);

        var links = await bench.Links("ledger-a");
        var receipts = await bench.Receipts("ledger-a");
        Assert.Equal(links.Select(l => l.Hash), receipts.Select(r => r.Link));
        var (act, link) = (receipts[1], links[1]);
        var input = (await bench.Blobs.GetAsync(new BlobName(BlobAreas.Frames, act.Input), default))!.Value;
        var output = (await bench.Blobs.GetAsync(new BlobName(BlobAreas.Frames, act.Output), default))!.Value;
        var image = (await bench.Blobs.GetAsync(new BlobName(BlobAreas.Images, act.Image), default))!.Value;
        var seal = (await bench.Blobs.GetAsync(new BlobName(BlobAreas.Receipts, act.Seal), default))!.Value;
        Assert.Equal(Statement.Of(act.ImageId, input.Span, output.Span, 0, 1000), Statement.Read(act.Statement.Span));
        Assert.Equal(seal.Length, act.SealBytes);
        byte[] whole = [.. seal.Span, 1, 0, .. BitConverter.GetBytes(input.Length), .. input.Span, 2, 0, .. BitConverter.GetBytes(output.Length), .. output.Span];
        Assert.Equal(whole, (await ReceiptBlobs.ReadAsync(act, bench.Blobs, default))!.Value.ToArray());
        Assert.Equal(Digest.Of(image.Span), act.ImageId);
        Assert.True(Loom.Wasm.Frames.TryDecode(input, out InputFrame frame, out _));
        Assert.Equal(MachineContext.Of(link).ToCanonicalJson(), frame.Context.ToArray());
        Assert.Equal("""{"amount":"1500"}""", System.Text.Encoding.UTF8.GetString(frame.Command.Span));
        Assert.True(Loom.Wasm.Frames.TryDecode(output, out OutputFrame after, out _) && after.Accepted);
        var opening = TransitionReader.Read((await bench.Read("ledger-a"))[^1])!.Value.Opening;
        Assert.Equal(link.To, Salts.DigestOf(opening.PartSalt(Salts.To)!, after.State.Span));

        var job = service.Queue.Find(link.Hash)!;
        Assert.Equal(new AttachedReceipt(1, act.Seal, act.SealBytes, act.ImageId, 1000, job.Receipt!.Milliseconds), job.Receipt);
        Assert.Equal(act.ImageId, Assert.Single(service.Images.All).ImageId);
        Assert.Equal(1, (await bench.Read("loom.modules")).Count(e => e.Type == "loom.modules.imaged"));
    }

    [Fact]
    public async Task An_actor_goes_on_while_a_proof_runs_and_the_receipt_lands_later()
    {
        await using var bench = new Bench();
        bench.Prover.Works = false;
        var actors = await bench.ActorsAsync();
        var service = await bench.ProveAsync("""{"ledger":"when command.amount >= 1000"}""");
        await actors.Open("ledger-a");
        await actors.Deposit("ledger-a", 1000);
        await bench.Until(() => service.Queue.Figures.ByState[ProofJobState.Running] == 1);

        for (var i = 0; i < 100; i++)
        {
            await actors.Deposit("ledger-a", 1);
        }

        var running = Assert.Single(service.Queue.List(ProofJobState.Running, null, 10).Jobs);
        await bench.Until(() => service.ProgressOf(running.Link) is { Phase: "commit", Done: 1, Total: 4 }, "progress");
        Assert.Empty(await bench.Read("loom.receipts-ledger-a"));
        bench.Prover.Works = true;
        await bench.Until(() => service.Queue.Figures.ByState[ProofJobState.Attached] == 1);
        Assert.Equal(102, (await bench.Links("ledger-a")).Count);
        Assert.Equal(running.Link, Assert.Single(await bench.Receipts("ledger-a")).Link);
    }

    [Fact]
    public async Task Without_a_prover_jobs_queue_and_when_it_is_back_all_finish_and_none_is_proven_twice()
    {
        await using var bench = new Bench();
        var actors = await bench.ActorsAsync();
        var service = await bench.ProveAsync(Always);
        await actors.Open("ledger-a");
        await bench.Until(() => service.Queue.Figures.ByState[ProofJobState.Attached] == 1);
        bench.Prover.Works = false;
        await actors.Deposit("ledger-a", 1);
        await bench.Until(() => service.Queue.Figures.ByState[ProofJobState.Running] == 1);
        bench.Prover.Reachable = false;
        for (var i = 0; i < 20; i++)
        {
            await actors.Deposit("ledger-a", 2);
        }

        await bench.Until(() => service is { WithoutProver: not null, Queue.Figures.Depth: 21 }, "the outage");
        var appended = (await bench.Read("loom.proofs")).Count;
        bench.Time.Advance(TimeSpan.FromHours(1));
        await bench.Until(() => service.WithoutProver is { } lost && service.Queue.Now.Time - lost.Since.Time > TimeSpan.FromHours(1));
        Assert.Equal(appended, (await bench.Read("loom.proofs")).Count); // an outage writes nothing

        (bench.Prover.Reachable, bench.Prover.Works) = (true, true);
        await bench.Until(() => service.Queue.Figures.ByState[ProofJobState.Attached] == 22, "all receipts");
        Assert.Null(service.WithoutProver);
        Assert.Equal(22, bench.Prover.Worked.Count);
        Assert.Equal(22, bench.Prover.Worked.Distinct().Count());
        Assert.Equal((await bench.Links("ledger-a")).Select(l => l.Hash).Order(), (await bench.Receipts("ledger-a")).Select(r => r.Link).Order());
        Assert.All(service.Queue.List(null, null, 100).Jobs, job => Assert.Equal(1, job.Attempts));
    }

    [Fact]
    public async Task A_receipt_that_does_not_verify_is_never_journaled_and_the_job_is_parked_after_its_attempts()
    {
        await using var bench = new Bench();
        bench.Prover.Changes = receipt => [.. receipt[..^1], (byte)(receipt[^1] ^ 1)];
        var actors = await bench.ActorsAsync();
        var service = await bench.ProveAsync(Always, new ProvingOptions { MaxAttempts = 3 });
        await actors.Open("ledger-a");

        await bench.Until(() => service.Queue.Figures.ByState[ProofJobState.Parked] == 1, "parked");

        var job = Assert.Single(service.Queue.List(null, null, 10).Jobs);
        Assert.Equal(("receipt-refused", 3), (job.Code, job.Attempts));
        Assert.Contains("the signature is not the key's", job.Reason, StringComparison.Ordinal);
        Assert.Empty(await bench.Read("loom.receipts-ledger-a"));
        Assert.Empty(await bench.Blobs.ListAreasAsync(BlobAreas.Receipts, default));
        Assert.Equal(3, bench.Prover.Worked.Count); // a wrong result is thrown away at the prover and made anew

        bench.Prover.Changes = receipt => receipt;
        await service.Queue.RetryAsync(job.Link, "ann", default);
        await bench.Until(() => service.Queue.Figures.ByState[ProofJobState.Attached] == 1, "attached");
        Assert.Single(await bench.Receipts("ledger-a"));
    }

    [Theory]
    [InlineData("imageId")]
    [InlineData("input")]
    [InlineData("output")]
    [InlineData("inputLength")]
    [InlineData("outputLength")]
    [InlineData("exitCode")]
    [InlineData("reserved")]
    [InlineData("noCycles")]
    public async Task A_proof_of_another_statement_is_refused_even_if_it_verifies(string field)
    {
        await using var bench = new Bench();
        bench.Prover.Changes = receipt => Sign(Change(Statement.Read(receipt.AsSpan(0, 128)), field));
        var actors = await bench.ActorsAsync();
        var service = await bench.ProveAsync(Always, new ProvingOptions { MaxAttempts = 1 });
        await actors.Open("ledger-a");

        await bench.Until(() => service.Queue.Figures.ByState[ProofJobState.Parked] == 1, "parked");

        Assert.Equal("receipt-refused", Assert.Single(service.Queue.List(null, null, 10).Jobs).Code);
        Assert.Empty(await bench.Read("loom.receipts-ledger-a"));
        Assert.Equal(1, bench.Verifier.Verified);

        static byte[] Sign(Statement statement)
        {
            var bytes = statement.ToArray();
            return [.. bytes, .. System.Security.Cryptography.HMACSHA256.HashData(new byte[] { 1, 2, 3, 4 }, bytes)];
        }

        static Statement Change(Statement s, string field) => field switch
        {
            "imageId" => s with { ImageId = Digest.Of([9]) },
            "input" => s with { InputDigest = Digest.Of([9]) },
            "output" => s with { OutputDigest = Digest.Of([9]) },
            "inputLength" => s with { InputLength = s.InputLength + 1 },
            "outputLength" => s with { OutputLength = s.OutputLength - 1 },
            "exitCode" => s with { ExitCode = 2 },
            "reserved" => s with { Reserved = 1 },
            _ => s with { Cycles = 0 },
        };
    }

    [Fact]
    public async Task What_cannot_be_proven_is_parked_at_once_with_the_reason()
    {
        await using var bench = new Bench();
        bench.Prover.Fails = _ => new ProverException(ProverFailure.Refused, "unprovable-access", "Function 12 at offset 0x1f4 reads across a cell.");
        var actors = await bench.ActorsAsync();
        var service = await bench.ProveAsync(Always);
        await actors.Open("ledger-a");

        await bench.Until(() => service.Queue.Figures.ByState[ProofJobState.Parked] == 1, "parked");

        var job = Assert.Single(service.Queue.List(ProofJobState.Parked, null, 10).Jobs);
        Assert.Equal(("unprovable-access", "Function 12 at offset 0x1f4 reads across a cell.", 1), (job.Code, job.Reason, job.Attempts));
    }

    [Fact]
    public async Task A_job_that_fails_now_and_then_is_tried_again_later_each_time()
    {
        await using var bench = new Bench();
        var failures = 3;
        bench.Prover.Fails = _ => Interlocked.Decrement(ref failures) >= 0 ? new ProverException(ProverFailure.Failed, "out-of-memory", "No memory was left.") : null;
        var actors = await bench.ActorsAsync();
        var service = await bench.ProveAsync(Always);
        await actors.Open("ledger-a");

        await bench.Until(() => service.Queue.Figures.ByState[ProofJobState.Attached] == 1, "attached");

        var waits = (await bench.Read("loom.proofs")).Where(e => e.Type == "loom.proofs.waiting").Select(e => System.Text.Json.JsonDocument.Parse(e.Data).RootElement).ToArray();
        Assert.Equal([5, 10, 20], waits.Select(w => (Timestamp.Parse(w.GetProperty("until").GetString()!).Time - Timestamp.Parse(w.GetProperty("at").GetString()!).Time).TotalSeconds));
        Assert.Equal(4, Assert.Single(service.Queue.List(null, null, 10).Jobs).Attempts);
    }

    [Fact]
    public async Task A_job_called_off_while_it_runs_is_stopped_at_the_prover_and_stays_off()
    {
        await using var bench = new Bench();
        bench.Prover.Works = false;
        var actors = await bench.ActorsAsync();
        var service = await bench.ProveAsync(Always);
        await actors.Open("ledger-a");
        await actors.Deposit("ledger-a", 5);
        await bench.Until(() => service.Queue.Figures.ByState[ProofJobState.Running] == 1);
        var running = Assert.Single(service.Queue.List(ProofJobState.Running, null, 10).Jobs);

        await service.Queue.CancelAsync(running.Link, "ann", default);
        await bench.Until(() => bench.Prover.Cancelled.Any(id => id.StartsWith(running.Link.ToString(), StringComparison.Ordinal)), "the prover was told");
        bench.Prover.Works = true;
        await bench.Until(() => service.Queue.Figures.ByState[ProofJobState.Attached] == 1, "the other one");

        Assert.Equal(ProofJobState.Cancelled, service.Queue.Find(running.Link)!.State);
        Assert.DoesNotContain(running.Link, (await bench.Receipts("ledger-a")).Select(r => r.Link));
    }

    [Fact]
    public async Task Whatever_the_process_dies_at_there_is_one_receipt_and_one_proof_in_the_end()
    {
        for (var append = 1; append <= 9; append++)
        {
            foreach (var afterIt in new[] { false, true })
            {
                await using var bench = new Bench();
                var actors = await bench.ActorsAsync(SampleModule.Of("counter"));
                await actors.Send("counter-a", "increment", "{}");
                await actors.Send("counter-a", "increment", "{}");
                var mortal = new MortalJournal(bench.Memory) { DiesAt = append, AfterIt = afterIt };
                var first = await bench.ProveAsync("""{"counter":"always"}""", journal: mortal);
                await bench.Until(() => mortal.IsDead || first.Queue.Figures.ByState[ProofJobState.Attached] == 2, $"append {append}");
                await first.DisposeAsync();

                var second = await bench.ProveAsync("""{"counter":"always"}""");
                await bench.Until(() => second.Queue.Figures.ByState[ProofJobState.Attached] == 2, $"append {append}, durable: {afterIt}");

                Assert.Equal((await bench.Links("counter-a")).Select(l => l.Hash), (await bench.Receipts("counter-a")).Select(r => r.Link));
                Assert.Equal(2, bench.Prover.Worked.Count);
                Assert.Equal(2, await bench.Count("decided"));
                Assert.Equal(2, await bench.Count("attached"));
                Assert.Equal(1, (await bench.Read("loom.modules")).Count(e => e.Type == "loom.modules.imaged"));
                Assert.Equal(append <= 8, mortal.IsDead); // decisions, image, and started, receipt, attached of each
            }
        }
    }

    [Fact]
    public async Task Two_hosts_that_both_believe_to_be_in_charge_attach_every_receipt_once()
    {
        await using var bench = new Bench();
        var actors = await bench.ActorsAsync();
        await actors.Open("ledger-a");
        for (var i = 0; i < 20; i++)
        {
            await actors.Deposit("ledger-a", i + 1);
        }

        var one = await bench.ProveAsync(Always);
        var other = await bench.ProveAsync(Always, new ProvingOptions { Lanes = 3 });
        await bench.Until(() => one.Queue.Figures.ByState[ProofJobState.Attached] == 21 && other.Queue.Figures.ByState[ProofJobState.Attached] == 21, "all receipts");

        Assert.Equal((await bench.Links("ledger-a")).Select(l => l.Hash).Order(), (await bench.Receipts("ledger-a")).Select(r => r.Link).Order());
        Assert.Equal(21, await bench.Count("attached"));
    }

    [Fact]
    public async Task A_new_translator_leaves_old_receipts_and_registers_its_own_image()
    {
        await using var bench = new Bench();
        var actors = await bench.ActorsAsync();
        var first = await bench.ProveAsync(Always);
        await actors.Open("ledger-a");
        await bench.Until(() => first.Queue.Figures.ByState[ProofJobState.Attached] == 1);

        bench.Prover.Translator = 2; // while the host runs: its receipts come with another image id
        await actors.Deposit("ledger-a", 5);
        await bench.Until(() => first.Queue.Figures.ByState[ProofJobState.Attached] == 2);

        var receipts = await bench.Receipts("ledger-a");
        Assert.Equal(first.Images.All.Select(i => i.ImageId), receipts.Select(r => r.ImageId));
        Assert.Equal(2, first.Images.All.Count);
        Assert.Single(first.Images.All.Select(i => i.Module).Distinct());
    }

    [Fact]
    public async Task A_body_that_is_gone_parks_the_job_and_it_comes_through_when_the_body_is_back()
    {
        await using var bench = new Bench();
        var actors = await bench.ActorsAsync(SampleModule.Of("echo"));
        var body = $$"""{"text":"{{new string('x', 40_000)}}"}""";
        await actors.Send("echo-a", "say", body);
        var blob = TransitionReader.Read((await bench.Read("echo-a"))[^1])!.Value.Opening.CommandBlob!.Value;
        var name = new BlobName(BlobAreas.Commands, blob);
        var content = (await bench.Blobs.GetAsync(name, default))!.Value;
        await bench.Blobs.DeleteAsync(name, default);
        var service = await bench.ProveAsync("""{"echo":"always"}""");
        await bench.Until(() => service.Queue.Figures.ByState[ProofJobState.Parked] == 1, "parked");
        var job = Assert.Single(service.Queue.List(null, null, 10).Jobs);
        Assert.Equal("command-blob-missing", job.Code);

        await bench.Blobs.PutAsync(name, content, default);
        await service.Queue.RetryAsync(job.Link, "ann", default);
        await bench.Until(() => service.Queue.Figures.ByState[ProofJobState.Attached] == 1, "attached");
    }
}
