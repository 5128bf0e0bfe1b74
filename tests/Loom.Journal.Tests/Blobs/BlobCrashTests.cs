using Loom.Contracts;
using Loom.Core;
using Loom.Journal.Blobs;
using Loom.Journal.Embedded;
using Loom.Testing;
using Xunit.Abstractions;

namespace Loom.Journal.Tests.Blobs;

/// <summary>The file store on a disk that loses what was not synced: an acknowledged blob survives, every other is whole or absent.</summary>
public sealed class BlobCrashTests(ITestOutputHelper output)
{
    private const int MaxBytes = 1 << 16;

    [Fact]
    public async Task After_any_crash_an_acknowledged_blob_is_there_and_every_other_is_whole_or_absent()
    {
        var run = SeedRun.Start("blob crashes", Tier.Count(ci: 400, @long: 20_000));
        foreach (var seed in run.Left)
        {
            run.Finish(await RunAsync(seed, disk => disk));
        }

        output.WriteLine(run.Summary());
        if (run.Count >= 400)
        {
            Assert.All(
                ["acknowledged", "crash inside an operation", "crash between operations", "write torn", "write lost", "name lost", "disk full", "write failed", "file sync failed", "folder sync failed", "kept unacknowledged", "absent unacknowledged"],
                what => Assert.True(run.Counts.GetValueOrDefault(what) > 0, $"'{what}' never occurred"));
        }
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_forgotten_sync_is_found(bool file, bool folder)
    {
        var first = Seeds.First("forgotten sync of blobs");
        for (var i = 0; i < 500; i++)
        {
            try
            {
                await RunAsync(first + i, disk => new ForgetfulDisk(disk, file, folder));
            }
            catch (Xunit.Sdk.XunitException e)
            {
                output.WriteLine($"found by the {i + 1}. seed: {e.Message}");
                return;
            }
        }

        Assert.Fail($"A forgotten sync of {(file ? "files" : "folders")} was not found in 500 seeds from {first}.");
    }

    private static async Task<Dictionary<string, long>> RunAsync(int seed, Func<SimulatedDisk, IDisk> seenAs)
    {
        var random = new Random(seed);
        var disk = new SimulatedDisk(random);
        var counts = new Dictionary<string, long>();
        var acknowledged = new HashSet<BlobName>();
        var tried = new HashSet<BlobName>();
        for (var life = 0; life < 4; life++)
        {
            var store = new FileBlobStore("/blobs", MaxBytes, seenAs(disk), null, $"life{life}");
            if (random.Next(3) == 0)
            {
                (disk.Full, disk.WriteError, disk.SyncError) = (0.05, 0.05, 0.05);
            }

            if (random.Next(3) > 0)
            {
                disk.CrashIn(random.Next(60));
            }

            for (var n = random.Next(12); n > 0 && !disk.HasCrashed; n--)
            {
                var content = new byte[random.Next(3) * random.Next(3_000)];
                random.NextBytes(content);
                var name = BlobName.Of(random.Next(2) == 0 ? "commands" : "proofs/x", content);
                tried.Add(name);
                try
                {
                    await store.PutAsync(name, content, default);
                    acknowledged.Add(name);
                }
                catch (BlobException e)
                {
                    Assert.True(e.Failure is BlobFailure.Unavailable or BlobFailure.Full, e.Message);
                }
            }

            disk.NoFaults();
            disk.Restart();
            await CheckAsync(seed, new FileBlobStore("/blobs", MaxBytes, disk), tried, acknowledged, counts);
        }

        counts["acknowledged"] = acknowledged.Count;
        foreach (var (what, times) in disk.Faults)
        {
            counts[what] = times;
        }

        return counts;
    }

    private static async Task CheckAsync(int seed, FileBlobStore store, HashSet<BlobName> tried, HashSet<BlobName> acknowledged, Dictionary<string, long> counts)
    {
        foreach (var name in tried)
        {
            ReadOnlyMemory<byte>? content;
            try
            {
                content = await store.GetAsync(name, default);
            }
            catch (BlobException e)
            {
                throw new Xunit.Sdk.XunitException($"seed {seed}: a blob is there in part: {e.Message}");
            }

            Assert.True(content is not null || !acknowledged.Contains(name), $"seed {seed}: the acknowledged blob {name} is gone");
            if (!acknowledged.Contains(name))
            {
                var what = content is null ? "absent unacknowledged" : "kept unacknowledged";
                counts[what] = counts.GetValueOrDefault(what) + 1;
            }
        }

        var listed = new List<BlobName>();
        foreach (var area in await store.ListAreasAsync("", default))
        {
            listed.AddRange((await store.ListAsync(area, null, BlobChecks.MaxPage, default)).Select(b => b.Name));
        }

        Assert.True(acknowledged.IsSubsetOf(listed), $"seed {seed}: a listing lacks an acknowledged blob");
        Assert.True(tried.IsSupersetOf(listed), $"seed {seed}: a listing has a blob that nobody put");
    }

    /// <summary>A planted mistake: syncs that are not made.</summary>
    private sealed class ForgetfulDisk(IDisk disk, bool file, bool folder) : IDisk
    {
        public void CreateDirectory(string directory) => disk.CreateDirectory(directory);

        public bool DirectoryExists(string directory) => disk.DirectoryExists(directory);

        public IReadOnlyList<string> ListFiles(string directory) => disk.ListFiles(directory);

        public IReadOnlyList<string> ListDirectories(string directory) => disk.ListDirectories(directory);

        public DateTimeOffset WrittenAt(string path) => disk.WrittenAt(path);

        public IDiskFile Open(string path, DiskAccess access) => file ? new ForgetfulFile(disk.Open(path, access)) : disk.Open(path, access);

        public void Rename(string from, string to) => disk.Rename(from, to);

        public void Delete(string path) => disk.Delete(path);

        public void SyncDirectory(string directory)
        {
            if (!folder)
            {
                disk.SyncDirectory(directory);
            }
        }

        public IDisposable? TryLock(string path, out int? holder) => disk.TryLock(path, out holder);

        private sealed class ForgetfulFile(IDiskFile file) : IDiskFile
        {
            public long Length => file.Length;

            public int Read(long offset, Span<byte> buffer) => file.Read(offset, buffer);

            public void Write(long offset, ReadOnlySpan<byte> bytes) => file.Write(offset, bytes);

            public void SetLength(long length) => file.SetLength(length);

            public void Sync()
            {
            }

            public void Dispose() => file.Dispose();
        }
    }
}
