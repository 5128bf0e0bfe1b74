using System.Text;
using Loom.Core;
using Loom.Provenance.Receipts;

namespace Loom.Receipts.Tests;

/// <summary>Each check that binds a receipt to a link, on receipts that differ from the right one in one respect and have no seal.</summary>
public sealed class LinkReceiptTests
{
    private static readonly CounterLife Life = new();

    private static LinkReceiptCheck? Judged(int n = 1, Func<InputFrame, InputFrame>? input = null, Func<OutputFrame, OutputFrame>? output = null, Func<LinkReceiptRequest, LinkReceiptRequest>? request = null, uint exitCode = 0)
    {
        var frameIn = Life.Input(n);
        var frameOut = Life.Output(n);
        var receipt = CounterLife.Unsealed(CounterLife.Image, (input?.Invoke(frameIn) ?? frameIn).Write(), (output?.Invoke(frameOut) ?? frameOut).Write(), exitCode);
        var right = Life.Request(n, receipt, CounterLife.Image, "proven");
        return LinkReceiptVerifier.Verify(request?.Invoke(right) ?? right).Failed;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void With_the_right_frames_only_the_seal_is_left_to_judge(int n)
    {
        var receipt = CounterLife.Unsealed(CounterLife.Image, Life.Input(n).Write(), Life.Output(n).Write());
        var result = LinkReceiptVerifier.Verify(Life.Request(n, receipt, CounterLife.Image, "proven"));

        Assert.Equal((LinkReceiptCheck.Seal, ReceiptCheck.Length), (result.Failed, result.Seal!.Error!.Check));
        Assert.False(result.IsNotCovered);
        Assert.True(result.State.IsEmpty);
    }

    [Fact]
    public void The_input_is_rebuilt_from_the_link()
    {
        Assert.Equal(LinkReceiptCheck.StateBefore, Judged(input: i => i with { State = "{\"count\":7}"u8.ToArray() }));
        Assert.Equal(LinkReceiptCheck.StateBefore, Judged(n: 0, input: i => i with { State = "{}"u8.ToArray() }));
        Assert.Equal(LinkReceiptCheck.StateBefore, Judged(request: r => r with { SaltBefore = null }));
        Assert.Equal(LinkReceiptCheck.Command, Judged(input: i => i with { Command = "{\"by\":2}"u8.ToArray() }));
        Assert.Equal(LinkReceiptCheck.Context, Judged(input: i => i with { Context = Life.Input(0).Context }));
        Assert.Equal(LinkReceiptCheck.Context, Judged(input: i => i with { Context = default(ReadOnlyMemory<byte>) }));
    }

    [Fact]
    public void Every_member_of_the_context_is_the_links()
    {
        Func<Link, Link>[] others =
        [
            l => l with { At = new Timestamp(l.At.Time.AddSeconds(1)) },
            l => l with { Revision = l.Revision + 1 },
            l => l with { Stream = StreamName.Parse("counter-b") },
            l => l with { Command = l.Command with { Id = CommandId.Parse("another") } },
            l => l with { Command = l.Command with { Type = "decrement" } },
            l => l with { Command = l.Command with { Principal = "mallory" } },
            l => l with { Command = l.Command with { Roles = ["admin"] } },
        ];
        Assert.All(others, other => Assert.Equal(LinkReceiptCheck.Context, Judged(request: r => r with { Link = other(r.Link) })));
        Assert.Equal(LinkReceiptCheck.Context, Judged(input: i => i with { Context = (byte[])[.. i.Context.ToArray(), (byte)' '] }));
    }

    [Fact]
    public void What_is_not_disclosed_opens_nothing()
    {
        Assert.Equal(LinkReceiptCheck.Command, Judged(request: r => r with { Opening = new Opening() }));
        Assert.Equal(LinkReceiptCheck.StateAfter, Judged(request: r => r with { Link = r.Link with { To = Digest.Of([1]) } }));
    }

    [Fact]
    public void Events_are_those_of_the_link_in_kind_and_order()
    {
        var history = new History();
        history.AddModule(CounterLife.Sample.Wasm);
        EmittedEvent Event(int by) => new("incremented.v1", EventData.Json, Encoding.UTF8.GetBytes($$"""{"by":{{by}}}"""));
        history.Append("counter-two", machine: MachineId.Wasm(CounterLife.Module), commandType: "increment", command: "{}", state: "{}", emitted: [Event(1), Event(2)]);
        var made = history["counter-two"][0];
        LinkReceiptCheck? With(string events, Link? link = null)
        {
            var input = new InputFrame(default, "{}"u8.ToArray(), MachineContext.Of(made.Link).ToCanonicalJson());
            var receipt = CounterLife.Unsealed(CounterLife.Image, input.Write(), new OutputFrame(0, made.State, Encoding.UTF8.GetBytes(events)).Write());
            return LinkReceiptVerifier.Verify(Life.Request(0, receipt, CounterLife.Image, "proven") with
            {
                Link = link ?? made.Link,
                Opening = new Opening { Salt = made.Salt, Command = "{}"u8.ToArray() },
            }).Failed;
        }

        const string one = """{"type":"incremented.v1","data":{"by":1}}""", two = """{"type":"incremented.v1","data":{"by":2}}""";
        Assert.Equal(LinkReceiptCheck.Seal, With($"[{one},{two}]"));
        Assert.Equal(LinkReceiptCheck.EventData, With($"[{two},{one}]"));
        Assert.Equal(LinkReceiptCheck.EventData, With($"[{one},{one}]"));
        Assert.Equal(LinkReceiptCheck.EventCount, With($"[{one}]"));
        Assert.Equal(LinkReceiptCheck.EventType, With($"[{one},{two}]", made.Link with { Events = [made.Link.Events[0], made.Link.Events[1] with { ContentType = "application/octet-stream" }] }));
    }

    [Fact]
    public void The_output_opens_the_links_digests()
    {
        Assert.Equal(LinkReceiptCheck.StateAfter, Judged(output: o => o with { State = "{\"count\":3}"u8.ToArray() }));
        Assert.Equal(LinkReceiptCheck.EventCount, Judged(output: o => o with { Events = "[]"u8.ToArray() }));
        Assert.Equal(LinkReceiptCheck.EventCount, Judged(output: o => o with { Events = """[{"type":"incremented.v1","data":{"by":1,"count":2}},{"type":"x","data":1}]"""u8.ToArray() }));
        Assert.Equal(LinkReceiptCheck.EventType, Judged(output: o => o with { Events = """[{"type":"decremented.v1","data":{"by":1,"count":2}}]"""u8.ToArray() }));
        Assert.Equal(LinkReceiptCheck.EventData, Judged(output: o => o with { Events = """[{"type":"incremented.v1","data":{"by":1,"count":3}}]"""u8.ToArray() }));
        Assert.Equal(LinkReceiptCheck.OutputFrame, Judged(output: o => o with { Events = """[{"type":"incremented.v1"}]"""u8.ToArray() }));
        Assert.Equal(LinkReceiptCheck.OutputFrame, Judged(output: o => o with { Events = "no JSON"u8.ToArray() }));
    }

    [Fact]
    public void A_run_that_failed_or_said_no_covers_nothing()
    {
        Assert.Equal(LinkReceiptCheck.ExitCode, Judged(exitCode: 2));
        Assert.Equal(LinkReceiptCheck.Status, Judged(output: o => o with { Status = 1 }));
        Assert.Equal(LinkReceiptCheck.Status, Judged(output: o => o with { Status = 2 }));
    }

    [Fact]
    public void Frames_are_read_to_the_last_byte()
    {
        byte[] input = Life.Input(1).Write(), output = Life.Output(1).Write();
        LinkReceiptCheck? With(byte[] i, byte[] o) => LinkReceiptVerifier.Verify(Life.Request(1, CounterLife.Unsealed(CounterLife.Image, i, o), CounterLife.Image, "proven")).Failed;

        Assert.Equal(LinkReceiptCheck.InputFrame, With([.. input, 0], output));
        Assert.Equal(LinkReceiptCheck.InputFrame, With(input[..^1], output));
        Assert.Equal(LinkReceiptCheck.InputFrame, With([255, 255, 255, 255, .. input[4..]], output));
        Assert.Equal(LinkReceiptCheck.InputFrame, With([], output));
        Assert.Equal(LinkReceiptCheck.OutputFrame, With(input, [.. output, 0]));
        Assert.Equal(LinkReceiptCheck.OutputFrame, With(input, output[..^1]));
        Assert.Equal(LinkReceiptCheck.OutputFrame, With(input, output[..3]));
    }

    [Fact]
    public void The_image_is_the_one_that_the_trust_file_names_for_the_links_module()
    {
        Assert.Equal(LinkReceiptCheck.TrustedImage, Judged(request: r => r with { Trusted = [] }));
        Assert.Equal(LinkReceiptCheck.TrustedImage, Judged(request: r => r with { Trusted = [r.Trusted[0] with { Module = Digest.Of([1]) }] }));
        Assert.Equal(LinkReceiptCheck.TrustedImage, Judged(request: r => r with { Trusted = [r.Trusted[0] with { Image = Digest.Of([1]) }] }));
        Assert.Equal(LinkReceiptCheck.Image, Judged(request: r => r with { Image = null }));
        Assert.Equal(LinkReceiptCheck.Module, Judged(request: r => r with { Image = CounterLife.MakeImage(Digest.Of([1])) }));

        // What is no image at all, though its hash is the id that the trust file names.
        byte[] none = [1, 2, 3];
        var about = CounterLife.Unsealed(none, Life.Input(1).Write(), Life.Output(1).Write());
        Assert.Equal(LinkReceiptCheck.Module, LinkReceiptVerifier.Verify(Life.Request(1, about, none, "proven")).Failed);

        // An image of another module, trusted for this one by mistake.
        var other = CounterLife.MakeImage(Digest.Of([1]));
        var receipt = CounterLife.Unsealed(other, Life.Input(1).Write(), Life.Output(1).Write());
        Assert.Equal(LinkReceiptCheck.Module, LinkReceiptVerifier.Verify(Life.Request(1, receipt, other, "proven")).Failed);
    }

    [Fact]
    public void Too_little_trust_or_bytes_is_no_suspicion()
    {
        LinkReceiptResult Verify(Func<LinkReceiptRequest, LinkReceiptRequest> change)
        {
            var receipt = CounterLife.Unsealed(CounterLife.Image, Life.Input(1).Write(), Life.Output(1).Write());
            return LinkReceiptVerifier.Verify(change(Life.Request(1, receipt, CounterLife.Image, "proven")));
        }

        var bare = CounterLife.Unsealed(CounterLife.Image, Life.Input(1).Write(), Life.Output(1).Write(), attached: false);
        Assert.True(Verify(r => r with { Trusted = [] }).IsNotCovered);
        Assert.True(Verify(r => r with { Image = null }).IsNotCovered);
        Assert.Equal((LinkReceiptCheck.Frames, true), (Verify(r => r with { Receipt = bare }).Failed!.Value, Verify(r => r with { Receipt = bare }).IsNotCovered));
        Assert.Equal(LinkReceiptCheck.Form, Verify(r => r with { Receipt = bare[1..] }).Failed);
        Assert.Equal(LinkReceiptCheck.Kind, Verify(r => r with { Link = r.Link with { Machine = MachineId.DotNet("counter", 1) } }).Failed);
        Assert.Equal(LinkReceiptCheck.Kind, Verify(r => r with { Link = r.Link with { Kind = LinkKind.Upgrade } }).Failed);
    }

    [Fact]
    public void A_receipt_of_another_links_run_does_not_fit()
    {
        var receipt = CounterLife.Unsealed(CounterLife.Image, Life.Input(0).Write(), Life.Output(0).Write());

        Assert.Equal(LinkReceiptCheck.StateBefore, LinkReceiptVerifier.Verify(Life.Request(1, receipt, CounterLife.Image, "proven")).Failed);
    }
}
