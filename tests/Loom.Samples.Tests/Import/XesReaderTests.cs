using System.IO.Compression;
using System.Text;
using Loom.Core;
using Loom.Runtime.Import;

namespace Loom.Samples.Tests.Import;

public sealed class XesReaderTests
{
    private const string Case =
        """<trace><string key="concept:name" value="c1"/><event><string key="concept:name" value="Pay"/><string key="org:role" value="CLERK"/><string key="org:resource" value="ann"/><date key="time:timestamp" value="2020-01-02T03:04:05.678+02:00"/><float key="amount" value="12.345"/></event></trace>""";

    [Fact]
    public async Task A_step_is_read_with_role_person_time_and_amount()
    {
        var trace = Assert.Single(await ReadAsync($"<log>{Case}</log>", new XesOptions { ResourceKey = "org:resource" }));
        var (step, problem) = Assert.Single(trace.Steps);
        Assert.Null(problem);
        Assert.Equal(new LogStep("c1", 0, "Pay", "CLERK", "ann", Timestamp.Parse("2020-01-02T01:04:05.678000Z"), new Cents(1234)), step);
    }

    [Fact]
    public async Task A_gzipped_file_reads_the_same()
    {
        var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes($"<log>{Case}{Case}</log>"));
        }

        packed.Position = 0;
        Assert.Equal(2, (await ReadAsync(packed)).Count);
    }

    [Fact]
    public async Task What_belongs_to_no_case_is_passed_over()
    {
        var log = $"""<?xml version="1.0"?><!-- c --><log xmlns="http://www.xes-standard.org"><global scope="event"><string key="concept:name" value="no"/></global><string key="x" value="y"/>{Case}<trace><string key="concept:name" value="empty"/></trace></log>""";
        var traces = await ReadAsync(log);
        Assert.Equal(["c1", "empty"], traces.Select(t => t.Name));
        Assert.Equal([1, 0], traces.Select(t => t.Steps.Count));
    }

    [Fact]
    public async Task Nested_attributes_are_not_taken_for_the_steps_own()
    {
        const string log = """<log><trace><string key="concept:name" value="c"/><event><list key="l"><string key="concept:name" value="inner"/></list><string key="concept:name" value="outer"/></event></trace></log>""";
        Assert.Equal("outer", (await ReadAsync(log))[0].Steps[0].Step.Activity);
    }

    [Theory]
    [InlineData("<date key=\"time:timestamp\" value=\"yesterday\"/>", "yesterday")]
    [InlineData("<string key=\"amount\" value=\"lots\"/>", "lots")]
    [InlineData("<string key=\"amount\" value=\"1e28\"/>", "1e28")]
    public async Task An_unreadable_value_is_the_steps_problem_not_the_files(string attribute, string named)
    {
        var log = $"""<log><trace><string key="concept:name" value="c"/><event><string key="concept:name" value="Pay"/>{attribute}</event></trace></log>""";
        Assert.Contains(named, (await ReadAsync(log))[0].Steps[0].Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("<html/>")]
    [InlineData("<log><trace></log>")]
    [InlineData("<log><trace><event/></trace></log>")] // no name
    [InlineData("<log>")]
    [InlineData("<!DOCTYPE log [<!ENTITY a \"x\">]><log><trace><string key=\"concept:name\" value=\"&a;\"/></trace></log>")]
    [InlineData("<!DOCTYPE log SYSTEM \"file:///etc/passwd\"><log/>")]
    [InlineData("<log><trace><string key=\"concept:name\" value=\"&#0;\"/></trace></log>")]
    public async Task What_is_no_xes_is_refused(string text) => await Assert.ThrowsAsync<FormatException>(() => ReadAsync(text));

    [Fact]
    public async Task Damaged_gzip_is_refused()
    {
        var e = await Assert.ThrowsAsync<FormatException>(() => ReadAsync(new MemoryStream([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8])));
        Assert.Contains("file", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nesting_steps_attributes_and_values_stop_at_their_limits()
    {
        var options = new XesOptions { MaxSteps = 3, MaxAttributes = 5, MaxValue = 100, MaxDepth = 6 };
        const string name = "<string key=\"concept:name\" value=\"c\"/>";
        await RefusedAsync($"<log><trace>{name}{string.Concat(Enumerable.Repeat("<event/>", 4))}</trace></log>", "more than 3 steps");
        await RefusedAsync($"<log><trace>{name}<event>{string.Concat(Enumerable.Repeat(name, 6))}</event></trace></log>", "more than 5 attributes");
        await RefusedAsync($"<log><trace><string key=\"concept:name\" value=\"{new string('x', 101)}\"/></trace></log>", "longer than 100");
        await RefusedAsync($"<log>{string.Concat(Enumerable.Repeat("<a>", 7))}</log>", "deeper than 6");

        async Task RefusedAsync(string log, string reason) =>
            Assert.Contains(reason, (await Assert.ThrowsAsync<FormatException>(() => ReadAsync(log, options))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_endless_value_ends_the_reading_early_however_well_it_packs()
    {
        var endless = new EndlessValue();
        var e = await Assert.ThrowsAsync<FormatException>(() => ReadAsync(endless));
        Assert.Contains("One XML node", e.Message, StringComparison.Ordinal);
        Assert.InRange(endless.Given, 1, 4 << 20);
    }

    [Fact]
    public async Task A_file_that_unpacks_to_too_much_is_refused()
    {
        var log = $"<log>{string.Concat(Enumerable.Repeat(Case, 1000))}</log>";
        var e = await Assert.ThrowsAsync<FormatException>(() => ReadAsync(log, new XesOptions { MaxBytes = 100_000 }));
        Assert.Contains("unpacks to more", e.Message, StringComparison.Ordinal);
    }

    private static Task<List<XesTrace>> ReadAsync(string log, XesOptions? options = null) =>
        ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(log)), options);

    private static async Task<List<XesTrace>> ReadAsync(Stream stream, XesOptions? options = null)
    {
        var traces = new List<XesTrace>();
        await foreach (var trace in XesReader.ReadAsync(stream, options ?? new XesOptions(), CancellationToken.None))
        {
            traces.Add(trace);
        }

        return traces;
    }

    /// <summary>An attribute that never ends.</summary>
    private sealed class EndlessValue : MemoryStream
    {
        private bool _begun;

        public long Given { get; private set; }

        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var head = _begun ? "" : "<log><trace><string key=\"concept:name\" value=\"";
            _begun = true;
            buffer.Span.Fill((byte)'x');
            Encoding.ASCII.GetBytes(head, buffer.Span);
            Given += buffer.Length;
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
