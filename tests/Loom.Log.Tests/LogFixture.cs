using System.Security.Cryptography;
using System.Text;
using Loom.Core;
using Loom.Journal;
using Loom.Journal.Log;
using Xunit;

namespace Loom.Log.Tests;

/// <summary>A journal in a folder of its own, writers of actor streams, and logs over it.</summary>
internal sealed class LogFixture : IAsyncDisposable
{
    public const string Origin = "loom.example/log";
    private readonly string _folder = Directory.CreateTempSubdirectory("loom-log-").FullName;
    private readonly Dictionary<StreamName, Link> _heads = [];

    private LogFixture()
    {
    }

    public IJournal Journal { get; private set; } = null!;

    public TestSigner Signer { get; } = new();

    public string CheckpointFile => Path.Combine(_folder, "checkpoint");

    public string JournalFolder => Path.Combine(_folder, "journal");

    public static async Task<LogFixture> StartAsync()
    {
        var fixture = new LogFixture();
        await fixture.OpenJournalAsync();
        return fixture;
    }

    public async Task OpenJournalAsync() =>
        Journal = await SegmentedJournal.OpenAsync(new SegmentedJournalOptions { Directory = JournalFolder }, CancellationToken.None);

    public Task<TransparencyLog> OpenLogAsync(Func<TransparencyLogOptions, TransparencyLogOptions>? change = null)
    {
        var options = new TransparencyLogOptions { Signer = Signer, Origin = Origin, CheckpointEvery = TimeSpan.FromMilliseconds(1) };
        return TransparencyLog.OpenAsync(Journal, change is null ? options : change(options), CancellationToken.None);
    }

    /// <summary>The next transition of a stream, not yet appended.</summary>
    public WrittenTransition Next(string stream, int events = 1)
    {
        var name = StreamName.Parse(stream);
        return TransitionWriter.Write(new TransitionDraft
        {
            Stream = name,
            Previous = _heads.GetValueOrDefault(name),
            ActorType = "account@1",
            Machine = MachineId.DotNet("account", 1),
            CommandId = CommandId.Parse(Guid.NewGuid().ToString()),
            CommandType = "deposit",
            Command = "{}"u8.ToArray(),
            Principal = "alice",
            Events = [.. Enumerable.Range(0, events).Select(i => new EmittedEvent("deposited", EventData.Json, Encoding.UTF8.GetBytes($"{{\"n\":{i}}}")))],
            State = "{}"u8.ToArray(),
            Fence = 1,
            At = _heads.TryGetValue(name, out var head) ? head.At : new Timestamp(DateTimeOffset.UnixEpoch),
            Salt = RandomNumberGenerator.GetBytes(32),
        });
    }

    public async Task<Link> AppendAsync(string stream, int events = 1) => await AppendAsync(Next(stream, events));

    public async Task<Link> AppendAsync(WrittenTransition written)
    {
        var expected = ExpectedRevision.After(written.Link.Revision - 1);
        Assert.IsType<AppendResult.Appended>(await Journal.AppendAsync(written.Link.Stream, expected, written.Events, CancellationToken.None));
        return _heads[written.Link.Stream] = written.Link;
    }

    /// <summary>Every leaf is in <c>loom.log</c> once, in its stream's order, and each checkpoint is signed and consistent with each earlier one; how many there are.</summary>
    public async Task<int> RequireOneLogAsync(TransparencyLog log, params ISigner[] signers)
    {
        var tree = new MerkleTree();
        var next = new Dictionary<StreamName, long>();
        await foreach (var entry in log.EntriesAsync(0, long.MaxValue, CancellationToken.None))
        {
            Assert.Equal(tree.Size, entry.Index);
            Assert.Equal(next.GetValueOrDefault(entry.Stream), entry.Revision);
            next[entry.Stream] = entry.LastRevision + 1;
            tree.Append(entry.Link);
        }

        Assert.Equal(log.Size, tree.Size);
        foreach (var (stream, head) in _heads)
        {
            Assert.Equal(head.LastRevision + 1, next.GetValueOrDefault(stream));
            Assert.NotNull(log.IndexOf(stream, head.LastRevision));
        }

        var seen = new List<Checkpoint>();
        await foreach (var info in log.CheckpointsAsync(long.MaxValue, long.MaxValue, CancellationToken.None))
        {
            Assert.Equal(tree.Root(info.Checkpoint.Size), info.Checkpoint.Root);
            Assert.Contains((signers.Length == 0 ? [Signer] : signers).AsEnumerable(), s => info.Note.IsSignedBy(Origin, s.PublicKey.Span));
            foreach (var later in seen)
            {
                Assert.True(later.Size > info.Checkpoint.Size);
                Assert.True(Merkle.VerifyConsistency(
                    info.Checkpoint.Size, later.Size, info.Checkpoint.Root, later.Root, log.ConsistencyProof(info.Checkpoint.Size, later.Size)));
            }

            seen.Add(info.Checkpoint);
        }

        Assert.NotEmpty(seen);
        return seen.Count;
    }

    public async ValueTask DisposeAsync()
    {
        await Journal.DisposeAsync();
        Signer.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A P-256 key of a test.</summary>
internal sealed class TestSigner : ISigner, IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestSigner() => PublicKey = _key.ExportSubjectPublicKeyInfo();

    public string Name => "test";

    public ReadOnlyMemory<byte> PublicKey { get; }

    public string KeyId => NoteKeys.Text(NoteKeys.Ecdsa(PublicKey.Span));

    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        lock (_key)
        {
            return EcdsaP256.Sign(_key, data);
        }
    }

    public void Dispose() => _key.Dispose();
}
