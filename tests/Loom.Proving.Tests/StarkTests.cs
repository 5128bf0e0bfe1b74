using Loom.Core;
using Loom.Journal.Blobs;
using Loom.Provenance;
using Loom.Provenance.Receipts;
using Loom.Testing;

namespace Loom.Proving.Tests;

/// <summary>The verifier that production uses, in its place before the journal.</summary>
public sealed class StarkTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(151)]
    [InlineData(152)]
    [InlineData(100_000)]
    public void Bytes_that_prove_nothing_are_refused_with_the_check(int length)
    {
        var expected = Expected([]);
        var receipt = new byte[length];
        "LOOMRCPT"u8[..Math.Min(8, length)].CopyTo(receipt);

        var refused = Assert.IsType<ReceiptVerdict.Refused>(new StarkVerifier().Verify(expected, receipt));

        Assert.NotEmpty(refused.Check);
        Assert.NotEmpty(refused.Reason);
    }

    [Fact]
    public void An_unknown_parameter_set_and_an_image_of_another_module_are_refused()
    {
        Assert.Equal("ParameterSetAllowed", Assert.IsType<ReceiptVerdict.Refused>(new StarkVerifier().Verify(Expected([]) with { Set = "best" }, new byte[200])).Check);
        Assert.Equal("ImageForm", Assert.IsType<ReceiptVerdict.Refused>(new StarkVerifier().Verify(Expected([1, 2, 3]), new byte[200])).Check);
        Assert.Equal("ImageModule", Assert.IsType<ReceiptVerdict.Refused>(new StarkVerifier().Verify(Expected([]) with { Module = Digest.Of([7]) }, new byte[200])).Check);
    }

    [ProverFact]
    public async Task The_real_prover_proves_an_actors_transitions_and_nothing_else_reaches_the_journal()
    {
        var data = Directory.CreateTempSubdirectory("loom-prover-test");
        try
        {
            await using var prover = new ProverProcess(new ProverProgram(Testing.ProverProgram.Path!, data.FullName));
            await using var bench = new Bench();
            var actors = await bench.ActorsAsync(SampleModule.Of("counter"));
            var service = await bench.ProveAsync("""{"counter":{"prove":"always","set":"std"}}""", prover: prover, verifier: new StarkVerifier());
            await actors.Send("counter-a", "increment", "{}");

            await bench.UntilLong(() => service.Queue.Figures is { Depth: 0, DecidedToProve: 1 });

            var job = Assert.Single(service.Queue.List(null, null, 10).Jobs);
            Assert.True(job.State == ProofJobState.Attached, job.Reason);
            var act = Assert.Single(await bench.Receipts("counter-a"));
            var statement = Statement.Read(act.Statement.Span);
            Assert.Equal((act.Input, act.Output, 0u), (statement.InputDigest, statement.OutputDigest, statement.ExitCode));
            Assert.True(act.Cycles > 100);

            // What an auditor does with it, from the journal and the blobs alone.
            var transition = TransitionReader.Group(await bench.Read("counter-a")).Single();
            var request = new LinkReceiptRequest
            {
                Link = transition.Link,
                Opening = transition.Opening,
                SaltBefore = null,
                Trusted = [new TrustedImage(act.Module, act.ImageId, ["std"])],
                Image = await bench.Blobs.GetAsync(new BlobName(BlobAreas.Images, act.Image), default),
                Receipt = (await ReceiptBlobs.ReadAsync(act, bench.Blobs, default))!.Value,
            };
            var judged = LinkReceiptVerifier.Verify(request);
            Assert.True(judged.Failed is null, judged.Reason);
            var changed = request.Receipt.ToArray();
            changed[act.SealBytes / 2] ^= 1;
            Assert.Equal(LinkReceiptCheck.Seal, LinkReceiptVerifier.Verify(request with { Receipt = changed }).Failed);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private static ExpectedReceipt Expected(byte[] image)
    {
        var module = Digest.Of([1]);
        byte[] bytes = image.Length > 0 ? image : [1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, .. module.ToArray()];
        return new ExpectedReceipt(new ProverImage(ReceiptImage.IdOf(bytes), bytes), module, "proven", new byte[] { 1 }, new byte[] { 2 });
    }
}
