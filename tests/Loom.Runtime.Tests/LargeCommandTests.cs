using System.Text;
using Loom.Core;
using Loom.Journal;
using Loom.Journal.Blobs;

namespace Loom.Runtime.Tests;

/// <summary>Commands above 32 KiB: their bodies are blobs, durable before the transition that names them.</summary>
public sealed class LargeCommandTests
{
    private static readonly string Large = $$"""{"by":3,"parts":1,"padding":"{{new string('p', 100_000)}}"}""";
    private static readonly byte[] LargeCanonical = CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(Large));

    private static BlobName Name => BlobName.Of(BlobAreas.Commands, LargeCanonical);

    [Fact]
    public async Task A_large_command_is_done_and_its_body_is_the_blob_that_the_metadata_names()
    {
        await using var bench = new Bench();
        var blobs = new MemoryBlobStore();
        var runtime = bench.Start(new ActorRuntimeOptions { Blobs = blobs });
        await bench.Accepted(runtime, "counter-a", "add", Large, id: "one");
        var repeated = await bench.Accepted(runtime, "counter-a", "add", Large, id: "one");
        Assert.True(repeated.Repeated);
        var other = await bench.Send(runtime, "counter-a", "add", Large.Replace('p', 'q'), id: "one");
        Assert.Equal("command-id-reused", Assert.IsType<CommandReply.Refused>(other).Code);

        var transition = Assert.Single(await bench.History("counter-a"));
        Assert.Null(transition.Opening.Command);
        Assert.Equal(Name.Content, transition.Opening.CommandBlob);
        var body = await new CommandBodies(blobs).ReadAsync(transition, default);
        Assert.Equal(LargeCanonical, body.Bytes!.Value.ToArray());
        Assert.True(transition.Events.Sum(e => e.Metadata.Length) < 4_000);

        await runtime.DisposeAsync();
        var later = bench.Start(new ActorRuntimeOptions { Blobs = blobs });
        Assert.Equal(1, (await bench.Accepted(later, "counter-a", "add", """{"by":1,"parts":1}""")).Revision);
    }

    [Fact]
    public async Task A_command_of_32_KiB_stays_in_the_metadata_and_one_byte_more_does_not()
    {
        await using var bench = new Bench();
        var blobs = new MemoryBlobStore();
        var runtime = bench.Start(new ActorRuntimeOptions { Blobs = blobs });
        const string start = "{\"by\":1,\"padding\":\"", end = "\",\"parts\":1}";
        var padding = TransitionWriter.MaxInlineCommand - start.Length - end.Length;
        await bench.Accepted(runtime, "counter-a", "add", start + new string('p', padding) + end);
        await bench.Accepted(runtime, "counter-a", "add", start + new string('p', padding + 1) + end);
        var history = await bench.History("counter-a");
        Assert.Equal(TransitionWriter.MaxInlineCommand, history[0].Opening.Command!.Length);
        Assert.Equal(TransitionWriter.MaxInlineCommand + 1, (await blobs.FindAsync(new BlobName(BlobAreas.Commands, history[1].Opening.CommandBlob!.Value), default))!.Length);
    }

    [Theory]
    [InlineData(true, 100_000)]
    [InlineData(false, TransitionWriter.MaxInlineCommand)]
    public async Task Above_the_limit_it_is_refused_by_name(bool withBlobs, int limit)
    {
        await using var bench = new Bench();
        var runtime = bench.Start(new ActorRuntimeOptions { Blobs = withBlobs ? new MemoryBlobStore() : null, MaxCommandBytes = 100_000 });
        var refused = Assert.IsType<CommandReply.Refused>(await bench.Send(runtime, "counter-a", "add", Large));
        Assert.Equal((RefusalKind.TooLarge, "command-too-large"), (refused.Kind, refused.Code));
        Assert.Contains($"{limit}", refused.Message, StringComparison.Ordinal);
        Assert.Empty(await bench.History("counter-a"));
    }

    [Fact]
    public async Task When_the_append_begins_the_blob_is_there()
    {
        FaultyJournal? faulty = null;
        await using var bench = new Bench(inner => faulty = new FaultyJournal(inner));
        var blobs = new MemoryBlobStore();
        var seen = 0;
        faulty!.Before = async (stream, events) =>
        {
            if (stream.Value == "counter-a")
            {
                Assert.NotNull(await blobs.FindAsync(Name, default));
                seen++;
            }
        };
        await bench.Accepted(bench.Start(new ActorRuntimeOptions { Blobs = blobs }), "counter-a", "add", Large);
        Assert.Equal(1, seen);
    }

    [Fact]
    public async Task A_store_that_takes_nothing_makes_the_command_unavailable_and_nothing_is_written()
    {
        await using var bench = new Bench();
        var blobs = new BrokenBlobs { IsBroken = true };
        var runtime = bench.Start(new ActorRuntimeOptions { Blobs = blobs });
        var refused = Assert.IsType<CommandReply.Refused>(await bench.Send(runtime, "counter-a", "add", Large, id: "one"));
        Assert.Equal((RefusalKind.Unavailable, "blobs-unavailable"), (refused.Kind, refused.Code));
        Assert.Empty(await bench.History("counter-a"));

        blobs.IsBroken = false;
        Assert.False((await bench.Accepted(runtime, "counter-a", "add", Large, id: "one")).Repeated);
    }

    [Fact]
    public async Task A_missing_or_wrong_blob_is_a_named_finding()
    {
        await using var bench = new Bench();
        var blobs = new MemoryBlobStore();
        await bench.Accepted(bench.Start(new ActorRuntimeOptions { Blobs = blobs }), "counter-a", "add", Large);
        var transition = Assert.Single(await bench.History("counter-a"));

        Assert.Equal("command-blob-missing", (await new CommandBodies(null).ReadAsync(transition, default)).Code);
        Assert.Equal("command-blob-missing", (await new CommandBodies(new MemoryBlobStore()).ReadAsync(transition, default)).Code);
        Assert.Equal("command-blob-unavailable", (await new CommandBodies(new BrokenBlobs { IsBroken = true }).ReadAsync(transition, default)).Code);

        var content = "another"u8.ToArray();
        await blobs.PutAsync(BlobName.Of(BlobAreas.Commands, content), content, default);
        var redirected = transition with { Opening = transition.Opening with { CommandBlob = Digest.Of(content) } };
        Assert.Equal("command-blob-wrong", (await new CommandBodies(blobs).ReadAsync(redirected, default)).Code);
        var e = await Assert.ThrowsAsync<HistoryException>(async () => await new CommandBodies(blobs).LoadAsync(redirected.Link, redirected.Opening, default));
        Assert.Equal(("command-blob-wrong", 0L, "counter-a"), (e.Code, e.Revision, e.Stream.Value));
    }

    private sealed class BrokenBlobs : IBlobStore
    {
        private readonly MemoryBlobStore _store = new();

        public bool IsBroken { get; set; }

        public int MaxBytes => _store.MaxBytes;

        public Task PutAsync(BlobName name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => Whole().PutAsync(name, content, cancellationToken);

        public Task<ReadOnlyMemory<byte>?> GetAsync(BlobName name, CancellationToken cancellationToken) => Whole().GetAsync(name, cancellationToken);

        public Task<BlobInfo?> FindAsync(BlobName name, CancellationToken cancellationToken) => Whole().FindAsync(name, cancellationToken);

        public Task<IReadOnlyList<string>> ListAreasAsync(string prefix, CancellationToken cancellationToken) => Whole().ListAreasAsync(prefix, cancellationToken);

        public Task<IReadOnlyList<BlobInfo>> ListAsync(string area, Digest? after, int limit, CancellationToken cancellationToken) => Whole().ListAsync(area, after, limit, cancellationToken);

        public Task<bool> DeleteAsync(BlobName name, CancellationToken cancellationToken) => Whole().DeleteAsync(name, cancellationToken);

        private MemoryBlobStore Whole() => IsBroken ? throw new BlobException(BlobFailure.Unavailable, "The store is broken.") : _store;
    }
}
