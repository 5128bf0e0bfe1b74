using System.Text;
using Loom.Core;
using Loom.Testing;

namespace Loom.Provenance.Tests;

/// <summary>The claim <c>replayed</c>: the module in the bundle, run on the journaled commands, gives every state and event, or the report says where not.</summary>
public sealed class ReplayTests
{
    private const string Counter = "counter-a";
    private static readonly SampleModule Sample = SampleModule.Of("counter");
    private static readonly MachineId Machine = MachineId.Wasm(Digest.Of(Sample.Wasm));

    // A counter's life as the module itself would have lived it, unless a test bends it.
    private static History Counted(int transitions = 5, int bent = -1, int state = 1000, int counted = 0)
    {
        var history = new History();
        history.AddModule(Sample.Wasm);
        for (var i = 1; i <= transitions; i++)
        {
            Count(history, i, i - 1 == bent ? state : i, i - 1 == bent && counted > 0 ? counted : i);
        }

        return history;
    }

    private static History.Made Count(History history, int n, int state, int counted, MachineId? machine = null) => history.Append(
        Counter, machine: machine ?? Machine, commandType: "increment", command: "{}", state: $$"""{"count":{{state}}}""",
        emitted: [new EmittedEvent("incremented.v1", EventData.Json, Encoding.UTF8.GetBytes($$"""{"by":1,"count":{{counted}}}"""))]);

    private static byte[] Bundle(History history, params string[] streams) =>
        History.Bundle(history.Source(Cases.LogKey, streams.Length == 0 ? [Counter] : streams), Cases.LogKey);

    private static ClaimVerdict Replayed(VerificationReport report) => report.Claims.Single(c => c.Claim == Claim.Replayed);

    [Fact]
    public void A_counter_replays_to_every_state_and_event()
    {
        var steps = new List<ReplayProgress>();
        var bundle = Bundle(Counted(transitions: 200));
        Assert.Contains(BundleFiles.Module(Digest.Of(Sample.Wasm)), new Unpacked(bundle).Files.Keys);
        var report = Cases.Verify(bundle, options: Cases.Options with { Replay = new ReplayOptions { Progress = new Steps(steps) } });
        Assert.True(Replayed(report).Verdict == Verdict.Holds && report.ExitCode == 0, report.Explain());
        Assert.Contains("200 transitions", Replayed(report).Reason, StringComparison.Ordinal);
        Assert.Equal([64, 128, 192], steps.Select(s => s.Transitions));
        Assert.All(steps, s => Assert.Equal(200, s.Total));
    }

    [Fact]
    public void What_the_log_key_holder_made_up_is_false_at_its_revision_though_everything_else_holds()
    {
        var state = Cases.Verify(Bundle(Counted(bent: 2)));
        Assert.Equal((Verdict.Holds, Verdict.Holds, Verdict.Holds, Verdict.Holds), (state.Of(Claim.Intact), state.Of(Claim.Ordered), state.Of(Claim.Signed), state.Of(Claim.Complete)));
        Assert.Equal((Verdict.False, Counter, 2L), (Replayed(state).Verdict, Replayed(state).Stream, Replayed(state).Revision!.Value));
        Assert.Contains("another state", Replayed(state).Reason, StringComparison.Ordinal);
        Assert.Equal(1, state.ExitCode);

        var data = Cases.Verify(Bundle(Counted(bent: 3, state: 4, counted: 400)));
        Assert.Equal((Verdict.Holds, Verdict.False, 3L), (data.Of(Claim.Intact), Replayed(data).Verdict, Replayed(data).Revision!.Value));
        Assert.Contains("another event", Replayed(data).Reason, StringComparison.Ordinal);

        var rejected = Counted(transitions: 2);
        rejected.Append(Counter, commandType: "increment", command: """{"by":0}""", state: """{"count":2}""", emitted: [new EmittedEvent("incremented.v1", EventData.Json, "{}"u8.ToArray())]);
        var no = Replayed(Cases.Verify(Bundle(rejected)));
        Assert.Equal((Verdict.False, 2L), (no.Verdict, no.Revision!.Value));
        Assert.Contains("not-positive", no.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_bytes_than_the_link_names_are_found_whatever_was_made_to_fit()
    {
        foreach (var depth in Enum.GetValues<Depth>())
        {
            var unpacked = new Unpacked(Bundle(Counted()));
            var file = BundleFiles.Module(Digest.Of(Sample.Wasm));
            unpacked.Files[file] = [.. unpacked.Files[file], 0, 2, 1, (byte)'x']; // a custom section: as good a module as before
            var report = Cases.Verify(unpacked.Pack(depth));
            Assert.True(report.Of(Claim.Intact) == Verdict.False && report.ExitCode == 1, $"{depth}: {report.Explain()}");
            Assert.Equal(Verdict.False, Replayed(report).Verdict);
            Assert.Contains(Machine.Value, Replayed(report).Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_module_that_no_link_names_is_found()
    {
        var unpacked = new Unpacked(Bundle(Counted()));
        var other = SampleModule.Of("echo").Wasm;
        unpacked.Files[BundleFiles.Module(Digest.Of(other))] = other;
        var report = Cases.Verify(unpacked.Pack(Depth.Stranger));
        Assert.Equal((Verdict.False, Verdict.Holds), (report.Of(Claim.Intact), Replayed(report).Verdict));
    }

    [Fact]
    public void Without_its_module_or_with_hidden_parts_it_is_not_covered()
    {
        var unpacked = new Unpacked(Bundle(Counted()));
        unpacked.Files.Remove(BundleFiles.Module(Digest.Of(Sample.Wasm)));
        var missing = Replayed(Cases.Verify(unpacked.Pack(Depth.Stranger)));
        Assert.Equal(Verdict.NotCovered, missing.Verdict);
        Assert.Contains($"no module {Machine}", missing.Reason, StringComparison.Ordinal);

        foreach (var hide in new[] { BundleHide.Data, BundleHide.Commands })
        {
            var bundle = History.Bundle(Counted().Source(Cases.LogKey, [Counter], hide: hide), Cases.LogKey);
            Assert.DoesNotContain(new Unpacked(bundle).Files.Keys, k => k.StartsWith("modules/", StringComparison.Ordinal));
            var report = Cases.Verify(bundle);
            Assert.Equal((Verdict.NotCovered, 0), (Replayed(report).Verdict, report.ExitCode));
            Assert.Contains("not in the bundle", Replayed(report).Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_csharp_stream_beside_it_leaves_the_claim_not_covered_and_a_difference_beats_that()
    {
        var history = Counted();
        history.Append(Cases.Alice);
        var both = Replayed(Cases.Verify(Bundle(history, Cases.Alice, Counter)));
        Assert.Equal(Verdict.NotCovered, both.Verdict);
        Assert.Contains("account-alice is decided by dotnet:account@1", both.Reason, StringComparison.Ordinal);

        var bent = Counted(bent: 1);
        bent.Append(Cases.Alice);
        Assert.Equal(Verdict.False, Replayed(Cases.Verify(Bundle(bent, Cases.Alice, Counter))).Verdict);
        Assert.Contains("the bundle has no module", Replayed(Cases.Verify(Bundle(bent, Cases.Alice))).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_range_is_run_from_the_state_before_it()
    {
        var history = Counted();
        var report = Cases.Verify(History.Bundle(history.Source(Cases.LogKey, [Counter], skip: 2), Cases.LogKey));
        Assert.True(Replayed(report).Verdict == Verdict.Holds, report.Explain());
        var unpacked = new Unpacked(History.Bundle(history.Source(Cases.LogKey, [Counter], skip: 2), Cases.LogKey));
        unpacked.Files.Remove(BundleFiles.StateBefore(0));
        Assert.Contains("state before it is not", Replayed(Cases.Verify(unpacked.Pack(Depth.Stranger))).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void An_upgrade_passes_the_bytes_on_and_the_new_module_goes_on_from_them()
    {
        var other = SampleModule.Of("counter-c").Wasm;
        foreach (var (state, verdict) in new[] { (2, Verdict.Holds), (3, Verdict.False) })
        {
            var history = Counted(transitions: 2);
            history.AddModule(other);
            history.Append(Counter, kind: LinkKind.Upgrade, machine: MachineId.Wasm(Digest.Of(other)), state: $$"""{"count":{{state}}}""");
            Count(history, 4, state + 1, state + 1, MachineId.Wasm(Digest.Of(other)));
            var report = Cases.Verify(Bundle(history));
            Assert.True(Replayed(report).Verdict == verdict, report.Explain());
            Assert.Equal(verdict == Verdict.Holds ? null : 2, Replayed(report).Revision);
            Assert.Equal(Verdict.Holds, report.Of(Claim.Ordered));
        }
    }

    [Fact]
    public void Hostile_modules_are_held_by_their_fuel_and_never_taken_for_true()
    {
        (byte[] Wasm, ReplayOptions Options, Verdict Verdict, string Reason)[] cases =
        [
            (TinyModule.Endless(), new ReplayOptions { Fuel = 1_000_000 }, Verdict.NotCovered, "more fuel"),
            (TinyModule.Endless(), new ReplayOptions(), Verdict.False, "more fuel than any host"),
            (TinyModule.Endless(), new ReplayOptions { TimeLimit = TimeSpan.Zero }, Verdict.NotCovered, "seconds allowed"),
            (TinyModule.Recursive(), new ReplayOptions(), Verdict.False, "stack"),
            (TinyModule.Trapping(), new ReplayOptions(), Verdict.False, "unreachable"),
            (TinyModule.Giving([9]), new ReplayOptions(), Verdict.False, "no frame"),
            (TinyModule.Accepting("{}", "[{}]"), new ReplayOptions(), Verdict.False, "number 1"),
            (TinyModule.Importing("env", "clock"), new ReplayOptions(), Verdict.False, "clock"),
            ("not a module"u8.ToArray(), new ReplayOptions(), Verdict.False, "cannot have decided"),
        ];
        foreach (var (wasm, options, verdict, reason) in cases)
        {
            var history = new History();
            history.AddModule(wasm);
            history.Append(Counter, machine: MachineId.Wasm(Digest.Of(wasm)));
            history.Append(Counter);
            var report = Cases.Verify(Bundle(history), options: Cases.Options with { Replay = options });
            Assert.True(Replayed(report).Verdict == verdict && Replayed(report).Reason.Contains(reason, StringComparison.Ordinal), $"{reason}: {report.Explain()}");
            Assert.Equal(Verdict.Holds, report.Of(Claim.Intact));
        }
    }

    [Fact]
    public void The_caller_may_give_up()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => BundleVerifier.Verify(Bundle(Counted()), Cases.Trust, Cases.Options, cancelled.Token));
    }

    private sealed class Steps(List<ReplayProgress> steps) : IProgress<ReplayProgress>
    {
        public void Report(ReplayProgress value) => steps.Add(value);
    }
}
