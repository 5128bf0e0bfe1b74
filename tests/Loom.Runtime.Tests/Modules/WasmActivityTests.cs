using System.Text;
using Loom.Core;
using Loom.Journal.Blobs;
using Loom.Testing;

namespace Loom.Runtime.Tests.Modules;

/// <summary>Modules as activities: nothing but what is granted, and what they saw of the world is evidence that gives the same result again.</summary>
public sealed class WasmActivityTests
{
    private const ActivityCapabilities All = ActivityCapabilities.Log | ActivityCapabilities.ReadBlob | ActivityCapabilities.Clock | ActivityCapabilities.Random;

    private static ActivityCall Call(string data = "{}") => new()
    {
        Activity = "draw",
        Data = Encoding.UTF8.GetBytes(data),
        IdempotencyKey = "00000000-0000-0000-0000-000000000001",
        Actor = ActorId.Parse("counter-a"),
        Attempt = 1,
    };

    [Fact]
    public async Task Its_clock_and_randomness_are_evidence_from_which_the_same_result_comes_again()
    {
        var time = new ManualTime();
        var activity = WasmActivity.Load(TinyModule.Drawing(), new WasmActivityOptions { Grants = All, Time = time });
        var first = await activity.RunAsync(Call(), default);
        Assert.Matches("^\"[0-7]{8}\"$", Encoding.UTF8.GetString(first.Data.Span));
        var evidence = Encoding.UTF8.GetString(first.Evidence!.Value.Span);
        Assert.Contains(activity.Module.Value, evidence, StringComparison.Ordinal);
        Assert.Contains($"\"clock\":[{(time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / 10}]", evidence, StringComparison.Ordinal);

        time.Advance(TimeSpan.FromDays(1));
        var again = await activity.AgainAsync(Call(), first.Evidence!.Value, default);
        Assert.Equal(first.Data.ToArray(), again.Data.ToArray());
        Assert.Equal(first.Evidence!.Value.ToArray(), again.Evidence!.Value.ToArray());
        var others = new HashSet<string>();
        for (var i = 0; i < 5; i++)
        {
            others.Add(Encoding.UTF8.GetString((await activity.RunAsync(Call(), default)).Data.Span));
        }

        Assert.True(others.Count > 1);
        var less = Encoding.UTF8.GetBytes($$"""{"clock":[],"module":"{{activity.Module}}","random":""}""");
        await Assert.ThrowsAsync<ActivityException>(() => activity.AgainAsync(Call(), less, default));
        var foreign = Encoding.UTF8.GetBytes($$"""{"clock":[],"module":"{{MachineId.Wasm(Digest.Of("x"u8))}}","random":""}""");
        await Assert.ThrowsAsync<FormatException>(() => activity.AgainAsync(Call(), foreign, default));
    }

    [Theory]
    [InlineData(All & ~ActivityCapabilities.Clock, "loom.now")]
    [InlineData(All & ~ActivityCapabilities.Random, "loom.random")]
    [InlineData(All & ~ActivityCapabilities.Log, "loom.log")]
    [InlineData(ActivityCapabilities.None, "loom.")]
    public void What_is_not_granted_is_refused_by_name(ActivityCapabilities grants, string name)
    {
        var e = Assert.Throws<FormatException>(() => WasmActivity.Load(TinyModule.Drawing(), new WasmActivityOptions { Grants = grants }));
        Assert.Contains($"imports {name}", e.Message, StringComparison.Ordinal);
        Assert.Contains("not granted", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_nobody_can_be_granted_is_refused_too()
    {
        Assert.Throws<FormatException>(() => WasmActivity.Load(TinyModule.Importing("env", "system"), new WasmActivityOptions { Grants = All }));
        Assert.Throws<FormatException>(() => WasmActivity.Load("no module"u8.ToArray(), new WasmActivityOptions { Grants = All }));
    }

    [Fact]
    public async Task A_blob_is_read_by_its_hash_and_only_with_the_grant()
    {
        var blobs = new MemoryBlobStore();
        var content = "\"what the blob says\""u8.ToArray();
        await blobs.PutAsync(BlobName.Of(BlobAreas.Activities, content), content, default);
        var module = TinyModule.Reading(Digest.Of(content).ToArray());
        Assert.Throws<FormatException>(() => WasmActivity.Load(module, new WasmActivityOptions { Grants = All & ~ActivityCapabilities.ReadBlob, Blobs = blobs }));
        var granted = WasmActivity.Load(module, new WasmActivityOptions { Grants = ActivityCapabilities.ReadBlob, Blobs = blobs });
        Assert.Equal(content, (await granted.RunAsync(Call(), default)).Data.ToArray());
        var none = WasmActivity.Load(module, new WasmActivityOptions { Grants = ActivityCapabilities.ReadBlob });
        Assert.Equal("module-trapped", (await Assert.ThrowsAsync<ActivityException>(() => none.RunAsync(Call(), default))).Code);
    }

    public static TheoryData<string, string, bool> Failures => new()
    {
        { "endless", "module-out-of-fuel", false }, { "trapping", "module-trapped", false }, { "aborting", "module-aborted", false }, { "babbling", "module-output-invalid", false },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_failure_has_a_code_and_says_whether_trying_again_helps(string how, string code, bool retry)
    {
        var wasm = how switch { "endless" => TinyModule.Endless(), "trapping" => TinyModule.Trapping(), "aborting" => TinyModule.Aborting(), _ => TinyModule.Giving([1, 2, 3]) };
        var activity = WasmActivity.Load(wasm, new WasmActivityOptions { Fuel = 100_000 });
        var e = await Assert.ThrowsAsync<ActivityException>(() => activity.RunAsync(Call(), default));
        Assert.Equal((code, retry), (e.Code, e.Retry));
        Assert.Contains("draw", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_takes_too_long_is_ended_and_may_be_tried_again()
    {
        var activity = WasmActivity.Load(TinyModule.Endless(), new WasmActivityOptions { Fuel = long.MaxValue });
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var e = await Assert.ThrowsAsync<ActivityException>(() => activity.RunAsync(Call(), cancelled.Token));
        Assert.Equal(("module-timeout", true), (e.Code, e.Retry));
    }
}
