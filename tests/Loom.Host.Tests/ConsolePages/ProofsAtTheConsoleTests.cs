using Loom.Api;
using Loom.Core;
using Loom.Hosting.Access;
using Loom.Hosting.Actors;
using Loom.Hosting.Api;
using Loom.Hosting.ConsoleViews;
using Loom.Hosting.Operations;
using Loom.Hosting.Proofs;
using Loom.Journal;
using Loom.Proving;
using Loom.Runtime;
using Loom.Testing;
using Loom.Web.Data;
using Microsoft.AspNetCore.Components.Authorization;

namespace Loom.Host.Tests.ConsolePages;

/// <summary>Proofs as the console lists, asks for, retries and cancels them, and receipts as it shows and verifies them.</summary>
public sealed class ProofsAtTheConsoleTests
{
    private static readonly Caller Auditor = new("eve", ["auditor"], [], ByToken: true);
    private static readonly Caller Developer = new("dan", ["developer"], [], ByToken: true);

    [Fact]
    public async Task Proofs_are_asked_for_found_by_state_actor_and_page_cancelled_and_tried_anew()
    {
        using var folder = new Folder();
        await RegisterAsync(folder);
        await using var host = await RunningHost.StartOnAsync(folder["data"], "--proving.prover", "off", "--proving.policies", """{"counter":"on-demand"}""");
        using var source = SourceOf(host);
        var view = ViewOf(host, source, Caller.Loopback);
        foreach (var actor in (string[])["counter-a", "counter-b"])
        {
            await host.Http.DoneAsync(actor, "increment");
            var before = (await view.StandingAsync(actor, 0, default))!;
            Assert.True(before is { Proof: null, MayRequest: true, WhyNot: null });
            Assert.Null(await view.RequestAsync(actor, 0, default));
        }

        Assert.Equal(["counter-b", "counter-a"], await FoundAsync(view));
        Assert.Equal(["counter-a"], await FoundAsync(view, text: "R-A"));
        var first = await view.FindAsync(new ProofsQuery([], null, null, 1), default);
        Assert.Equal("counter-a", Assert.Single((await view.FindAsync(new ProofsQuery([], null, first.Next, 1), default)).Rows).Stream);

        var proof = first.Rows[0];
        Assert.Equal(("counter", true), (proof.Module!.Name, proof.IsOpen));
        Assert.Equal(proof.Link, Assert.Single(await view.MarksAsync([proof.Link, new string('0', 64), "no link"], default)).Key);
        Assert.Null(await view.CancelAsync(proof.Link, default));
        Assert.Equal(["counter-b"], await FoundAsync(view, ProofState.Cancelled));
        Assert.DoesNotContain("counter-b", await FoundAsync(view, ProofState.Queued, ProofState.Waiting, ProofState.Running));
        var now = await view.NowAsync(default);
        Assert.Equal((true, 1, 2), (now.On, now.ByState[ProofState.Cancelled], now.All));
        Assert.Contains("proving.prover", now.Problem, StringComparison.Ordinal);
        Assert.Equal(new ProofRule("counter", "on-demand", "proven"), Assert.Single(now.Rules));
        Assert.True(now.Oldest <= DateTimeOffset.UtcNow);

        Assert.Null(await view.RetryAsync(proof.Link, default));
        Assert.NotEqual(ProofState.Cancelled, (await view.ProofAsync(proof.Link, default))!.State);
        Assert.Contains("no proof job", await view.RetryAsync(new string('0', 64), default), StringComparison.Ordinal);
        Assert.Contains("64", await view.CancelAsync("../x", default), StringComparison.Ordinal);
        Assert.Null(await view.ProofAsync("../x", default));
        Assert.Null(await ReceiptsOf(host, source, Caller.Loopback).ReceiptAsync(proof.Link, default));
    }

    [Fact]
    public async Task Who_may_not_is_told_the_roles_and_nothing_happens()
    {
        using var folder = new Folder();
        await RegisterAsync(folder);
        await using var host = await RunningHost.StartOnAsync(folder["data"], "--proving.prover", "off", "--proving.policies", """{"counter":"on-demand"}""");
        using var source = SourceOf(host);
        await host.Http.DoneAsync("counter-a", "increment");
        var eve = ViewOf(host, source, Auditor);
        var standing = (await eve.StandingAsync("counter-a", 0, default))!;
        Assert.False(standing.MayRequest);
        Assert.Contains("developer", standing.WhyNot, StringComparison.Ordinal);
        Assert.True((await eve.NowAsync(default)).Rights is { Change: false, Download: true });
        Assert.Contains("eve may not", await eve.RequestAsync("counter-a", 0, default), StringComparison.Ordinal);
        Assert.Contains("eve may not", await eve.RetryAsync(new string('0', 64), default), StringComparison.Ordinal);
        Assert.Contains("eve may not", await eve.CancelAsync(new string('0', 64), default), StringComparison.Ordinal);
        Assert.Empty(await FoundAsync(eve));
        Assert.Contains("auditor", (await ReceiptsOf(host, source, Developer).DownloadAsync(new string('0', 64), default)).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_proven_says_why()
    {
        using var folder = new Folder();
        await RegisterAsync(folder);
        await using (var off = await RunningHost.StartOnAsync(folder["data"]))
        {
            using var nothing = SourceOf(off);
            var view = ViewOf(off, nothing, Caller.Loopback);
            await off.Http.DoneAsync("counter-a", "increment");
            Assert.True(await view.NowAsync(default) is { On: false, All: 0, Problem: null });
            Assert.Contains("proving.policies", (await view.StandingAsync("counter-a", 0, default))!.WhyNot, StringComparison.Ordinal);
            Assert.Contains("proving.prover", await view.RequestAsync("counter-a", 0, default), StringComparison.Ordinal);
            Assert.Empty(await FoundAsync(view));
            Assert.Null(await view.StandingAsync("counter-a", 7, default));
        }

        await using var host = await RunningHost.StartOnAsync(folder["data"], "--proving.prover", "off", "--proving.policies", """{"account":"on-demand"}""");
        using var source = SourceOf(host);
        var here = ViewOf(host, source, Caller.Loopback);
        var account = await host.Http.AccountAsync();
        Assert.Contains("no WebAssembly module", (await here.StandingAsync(account, 0, default))!.WhyNot, StringComparison.Ordinal);
        Assert.Contains("is never", (await here.StandingAsync("counter-a", 0, default))!.WhyNot, StringComparison.Ordinal);
        Assert.Contains("has no transition 9", await here.RequestAsync("counter-a", 9, default), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_proves_nothing_any_more_still_shows_what_there_was()
    {
        using var folder = new Folder();
        await RegisterAsync(folder);
        await using (var on = await RunningHost.StartOnAsync(folder["data"], "--proving.prover", "off", "--proving.policies", """{"counter":"on-demand"}"""))
        {
            using var there = SourceOf(on);
            await on.Http.DoneAsync("counter-a", "increment");
            Assert.Null(await ViewOf(on, there, Caller.Loopback).RequestAsync("counter-a", 0, default));
        }

        await using var off = await RunningHost.StartOnAsync(folder["data"]);
        using var source = SourceOf(off);
        var view = ViewOf(off, source, Caller.Loopback);
        var row = Assert.Single((await view.FindAsync(new ProofsQuery([], null, null, 10), default)).Rows);
        Assert.Equal(row.Link, (await view.StandingAsync("counter-a", 0, default))!.Proof!.Link);
        Assert.Contains("proving.prover", await view.CancelAsync(row.Link, default), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("execute", 0, 10, 0.0)]
    [InlineData("main", 5, 10, 0.23)]
    [InlineData("open", 4, 4, 1.0)]
    public void Progress_is_the_share_of_the_phases_and_the_rest_follows(string phase, long done, long total, double share)
    {
        var work = ProofRows.Work(new ProverProgress(ProverJobState.Running, phase, done, total), TimeSpan.FromSeconds(10));
        Assert.Equal(share, work.Share!.Value, 6);
        Assert.Equal(share == 0 ? -1 : (10 / share) - 10, work.Remaining?.TotalSeconds ?? -1, 3);
        var told = ProofRows.Work(new ProverProgress(ProverJobState.Running, phase, done, total, TimeSpan.FromSeconds(3)), TimeSpan.FromSeconds(-1));
        Assert.Equal((TimeSpan.FromSeconds(3), TimeSpan.Zero), (told.Remaining!.Value, told.Elapsed));
        var known = ProofRows.Work(new ProverProgress(ProverJobState.Running, phase, done, total, Share: 0.5), TimeSpan.FromSeconds(10));
        Assert.Equal((0.5, TimeSpan.FromSeconds(10)), (known.Share!.Value, known.Remaining!.Value));
        Assert.True(ProofRows.Work(new ProverProgress(ProverJobState.Running, "another", 1, 2), TimeSpan.FromSeconds(1)) is { Share: null, Remaining: null });
    }

    [ProverFact]
    public async Task A_receipt_is_shown_verified_and_handed_over_and_a_broken_one_is_named()
    {
        await using var host = await RunningHost.StartAsync(
            "--proving.prover", "program", "--proving.program", Testing.ProverProgram.Path!, "--proving.sets", "std", "--blobs.cache", "0",
            "--proving.policies", """{"counter":{"prove":"when command.by >= 1000","set":"std"}}""");
        using var source = SourceOf(host);
        using var added = await host.Http.ModuleAsync(SampleModule.Of("counter"));
        await added.ReadAsync(LoomJson.Default.ModuleReportResult, 201);
        await host.Http.DoneAsync("counter-a", "increment", """{"by":999}""");
        await host.Http.DoneAsync("counter-a", "increment", """{"by":1000}""");
        var view = ViewOf(host, source, Developer);
        await Commands.UntilAsync(() => view.NowAsync(default), n => n.ByState[ProofState.Proven] + n.ByState[ProofState.Parked] == 1);
        var row = Assert.Single((await view.FindAsync(new ProofsQuery([ProofState.Proven], null, null, 10), default)).Rows);
        Assert.Equal(("counter-a", 1L, true), (row.Stream, row.Revision, row.Cause.Contains("command.by", StringComparison.Ordinal)));
        Assert.Contains("does not hold", (await view.StandingAsync("counter-a", 0, default))!.Decision, StringComparison.Ordinal);

        var receipts = ReceiptsOf(host, source, Caller.Loopback);
        var receipt = (await receipts.ReceiptAsync(row.Link, default))!;
        Assert.Equal((1L, row.Receipt!.ImageId, 0L, row.Receipt.Cycles), (receipt.Number, receipt.Statement.ImageId, receipt.Statement.ExitCode, receipt.Statement.Cycles));
        Assert.Equal(Digest.Of(SampleModule.Of("counter").Wasm).ToString(), receipt.Statement.Module);
        Assert.Equal(("std", 10), (receipt.Account!.Set, receipt.Account.Rows.Count));
        Assert.True(receipt is { Problem: null, Account: { ConjecturedBits: > 100, ProvenBits: < 60 } });

        var good = await receipts.VerifyAsync(row.Link, default);
        Assert.True(good.Outcome == ClaimOutcome.Holds, good.Detail);
        Assert.Contains(row.Receipt.ImageId, good.Summary, StringComparison.Ordinal);
        Assert.Equal(4, good.Checks.Count);
        Assert.True(good.Milliseconds > 0);
        var download = await receipts.DownloadAsync(row.Link, default);
        Assert.Equal("counter-a-at-1.receipt", download.FileName);
        Assert.True(download.Content!.Length > row.Receipt.Bytes, "The frames are attached.");
        Assert.Contains("dan may not", (await ReceiptsOf(host, source, Developer).DownloadAsync(row.Link, default)).Refusal, StringComparison.Ordinal);

        // The input frame is lost: nothing can be judged, and it says where to look.
        var input = Assert.Single(Directory.EnumerateFiles(host.Data, "*", SearchOption.AllDirectories), f => Path.GetFileName(f).Contains(receipt.Statement.Input[4..], StringComparison.Ordinal));
        File.Delete(input);
        Assert.Contains("loom blob put", (await receipts.ReceiptAsync(row.Link, default))!.Problem, StringComparison.Ordinal);
        var lost = await receipts.VerifyAsync(row.Link, default);
        Assert.Equal(ClaimOutcome.NotCovered, lost.Outcome);
        Assert.Contains("loom blob put", lost.Detail, StringComparison.Ordinal);
        Assert.Equal(ClaimOutcome.NotCovered, (await receipts.VerifyAsync(new string('0', 64), default)).Outcome);
    }

    private static async Task RegisterAsync(Folder folder)
    {
        await using var before = await RunningHost.StartOnAsync(folder["data"]);
        using var added = await before.Http.ModuleAsync(SampleModule.Of("counter"));
        await added.ReadAsync(LoomJson.Default.ModuleReportResult, 201);
    }

    private static async Task<IEnumerable<string>> FoundAsync(ProofsView view, params ProofState[] states) => await FoundAsync(view, null, states);

    private static async Task<IEnumerable<string>> FoundAsync(ProofsView view, string? text, params ProofState[] states) =>
        (await view.FindAsync(new ProofsQuery(states, text, null, 10), default)).Rows.Select(r => r.Stream);

    private static ProofSource SourceOf(RunningHost host) => new(host.Service<IServiceProvider>(), host.Service<IJournal>(), TimeProvider.System);

    private static ProofsView ViewOf(RunningHost host, ProofSource source, Caller caller) => new(
        source, host.Service<IServiceProvider>(), host.Service<ActorReader>(), host.Service<ModuleRegistry>(), host.Service<Audit>(), new PersonAtConsole(new Seated(caller)), TimeProvider.System);

    private static ReceiptsView ReceiptsOf(RunningHost host, ProofSource source, Caller caller) => new(
        source, host.Service<ReceiptArchive>(), host.Service<ActorReader>(), host.Service<RequestPlaces>(), new PersonAtConsole(new Seated(caller)), TimeProvider.System);

    private sealed class Seated(Caller caller) : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(caller.ToUser()));
    }
}
