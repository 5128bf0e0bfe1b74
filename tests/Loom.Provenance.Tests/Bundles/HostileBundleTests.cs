using System.IO.Compression;
using System.Text;
using Loom.Core;
using Loom.Provenance.Zip;

namespace Loom.Provenance.Tests;

public sealed class HostileBundleTests
{
    private static void Malformed(byte[] bytes, string what)
    {
        var report = Cases.Verify(bytes);
        Assert.True(report is { ExitCode: 2, Malformed: { Place.Length: > 0, Reason.Length: > 0 } }, $"{what}: exit {report.ExitCode}");
    }

    [Fact]
    public void Every_truncation_is_malformed()
    {
        var bundle = Cases.TwoBundle();
        for (var length = 0; length < bundle.Length; length += length < 2000 || bundle.Length - length < 2000 ? 1 : 97)
        {
            Malformed(bundle[..length], $"the first {length} bytes");
        }
    }

    [Fact]
    public void A_zip_made_by_another_program_is_malformed()
    {
        var files = new Unpacked(Cases.TwoBundle()).Files;
        foreach (var level in (CompressionLevel[])[CompressionLevel.NoCompression, CompressionLevel.Optimal])
        {
            using var output = new MemoryStream();
            using (var zip = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true))
            {
                foreach (var (name, content) in files)
                {
                    using var entry = zip.CreateEntry(name, level).Open();
                    entry.Write(content);
                }
            }

            Malformed(output.ToArray(), level.ToString());
        }
    }

    [Fact]
    public void Other_programs_can_read_the_zip()
    {
        using var zip = new ZipArchive(new MemoryStream(Cases.TwoBundle()));
        var expected = new Unpacked(Cases.TwoBundle()).Files.Keys;
        Assert.Equal(expected, zip.Entries.Select(e => e.FullName));
        using var reader = new StreamReader(zip.GetEntry("README.txt")!.Open());
        Assert.Contains("loom verify", reader.ReadToEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void Zip_tricks_are_malformed()
    {
        var bundle = Cases.TwoBundle();
        var files = new Unpacked(bundle).Files;
        Malformed([.. bundle, 0], "a byte after the end");
        Malformed([0, .. bundle], "a byte before the start");
        Malformed([.. bundle, .. bundle], "two archives");
        var comment = bundle.ToArray();
        comment[^2] = 1;
        Malformed([.. comment, (byte)'x'], "a comment");
        foreach (var name in (string[])["../evil.txt", "/etc/passwd", "streams/../x", "C:/x", "streams/0003.ndjson", "extra.txt", "STREAMS/0001.ndjson"])
        {
            var more = new SortedDictionary<string, byte[]>(files, StringComparer.Ordinal) { [name] = [1] };
            Malformed(Unpacked.Zip(more), name);
        }

        foreach (var name in files.Keys)
        {
            Malformed(Unpacked.Zip(files.Where(f => f.Key != name)), $"without {name}");
        }

        foreach (var (at, what) in ((int, string)[])[(4, "version"), (6, "flags"), (8, "method"), (10, "time"), (12, "date"), (14, "crc"), (18, "size"), (22, "size"), (26, "name length"), (28, "extra length")])
        {
            var changed = bundle.ToArray();
            changed[at] ^= 0x01;
            Malformed(changed, what);
        }
    }

    [Fact]
    public void A_file_that_is_there_twice_is_malformed()
    {
        var a = new ZipEntry("README.txt", Crc32.Of("x"u8), 1, 0);
        var b = a with { Offset = (uint)(ZipHeaders.LocalSize + a.Name.Length + 1) };
        byte[] local = [.. ZipHeaders.Local(a), (byte)'x'];
        byte[] central = [.. ZipHeaders.Central(a), .. ZipHeaders.Central(b)];
        Malformed([.. local, .. local, .. central, .. ZipHeaders.End(2, (uint)central.Length, (uint)(2 * local.Length))], "a file twice");
    }

    [Fact]
    public void Huge_sizes_and_counts_and_deep_json_are_malformed_without_the_memory_they_claim()
    {
        var huge = new byte[64];
        ZipHeaders.Local(new ZipEntry("a", 0, uint.MaxValue, 0)).CopyTo(huge, 0);
        var deep = Encoding.ASCII.GetBytes(new string('[', 1_000_000));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Malformed(huge, "a size of 4 GiB");
        foreach (var name in (string[])["bundle.dsse.json", "checkpoints/inclusion.ndjson", "streams/0001.ndjson", "checkpoints/checkpoint.txt", "states/0001-head.json"])
        {
            var unpacked = new Unpacked(Cases.TwoBundle());
            unpacked.Files[name] = deep;
            Malformed(Unpacked.Zip(unpacked.Files), name);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 400_000_000);
    }

    [Fact]
    public void Limits_are_kept()
    {
        var bundle = Cases.TwoBundle();
        var options = Cases.Options with { Limits = new BundleLimits { MaxBytes = bundle.Length - 1 } };
        Assert.Equal(2, Cases.Verify(bundle, options: options).ExitCode);
        Assert.Equal(2, BundleVerifier.Verify(new MemoryStream(bundle), Cases.Trust, options).ExitCode);
        Assert.Equal(2, Cases.Verify(bundle, options: Cases.Options with { Limits = new BundleLimits { MaxEntries = 5 } }).ExitCode);
        Assert.Equal(2, Cases.Verify(bundle, options: Cases.Options with { Limits = new BundleLimits { MaxLineBytes = 100 } }).ExitCode);
        Assert.Equal(0, BundleVerifier.Verify(new MemoryStream(bundle), Cases.Trust, Cases.Options).ExitCode);
    }
}
