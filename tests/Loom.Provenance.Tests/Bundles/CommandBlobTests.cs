using System.Text;
using Loom.Core;

namespace Loom.Provenance.Tests;

/// <summary>Commands above 32 KiB travel as files of their own, and nothing about them goes unnoticed.</summary>
public sealed class CommandBlobTests
{
    private static readonly Digest A = Digest.Of(Encoding.UTF8.GetBytes(Cases.LargeCommand('a')));
    private static readonly Digest B = Digest.Of(Encoding.UTF8.GetBytes(Cases.LargeCommand('b')));

    private static byte[] Bundle(BundleHide hide = BundleHide.None, params string[] streams) =>
        History.Bundle(Cases.Large().Source(Cases.LogKey, streams.Length == 0 ? [Cases.Alice, Cases.Bob] : streams, null, hide), Cases.LogKey);

    [Fact]
    public void Each_body_is_in_the_bundle_once_and_everything_is_disclosed()
    {
        var bundle = Bundle();
        Assert.Equal(new[] { A, B }.Order().Select(BundleFiles.Command), new Unpacked(bundle).Files.Keys.Where(k => k.StartsWith("commands/", StringComparison.Ordinal)));
        var report = Cases.Verify(bundle);
        Assert.True(report.ExitCode == 0, report.Explain());
        Assert.Equal(Verdict.Holds, report.Of(Claim.Disclosed));
        Assert.Equal([BundleFiles.Command(A)], new Unpacked(Bundle(streams: Cases.Bob)).Files.Keys.Where(k => k.StartsWith("commands/", StringComparison.Ordinal)));
    }

    [Fact]
    public void Hidden_with_the_other_commands_neither_body_nor_hash_is_left()
    {
        var bundle = Bundle(BundleHide.Commands);
        var unpacked = new Unpacked(bundle);
        foreach (var place in unpacked.Files.Values.Append(unpacked.Envelope.Payload).Append(bundle))
        {
            Assert.True(place.AsSpan().IndexOf(Encoding.UTF8.GetBytes(A.ToString())) < 0);
            Assert.True(place.AsSpan().IndexOf(Encoding.UTF8.GetBytes(new string('a', 100))) < 0);
        }

        var report = Cases.Verify(bundle);
        Assert.True(report.ExitCode == 0, report.Explain());
        Assert.Equal(Verdict.NotCovered, report.Of(Claim.Disclosed));
    }

    [Fact]
    public void Hidden_data_leaves_them()
    {
        var bundle = Bundle(BundleHide.Data);
        Assert.Equal(2, new Unpacked(bundle).Files.Keys.Count(k => k.StartsWith("commands/", StringComparison.Ordinal)));
        Assert.Equal(0, Cases.Verify(bundle).ExitCode);
    }

    [Theory]
    [InlineData("edited")]
    [InlineData("swapped")]
    [InlineData("renamed")]
    [InlineData("missing")]
    [InlineData("unnamed")]
    [InlineData("inline")]
    [InlineData("small")]
    public void A_forged_body_is_named_whatever_was_made_to_fit(string how)
    {
        foreach (var depth in Enum.GetValues<Depth>())
        {
            var unpacked = new Unpacked(Bundle());
            Forge(how, unpacked);
            var report = Cases.Verify(unpacked.Pack(depth));
            if (depth == Depth.File && how is "missing" or "unnamed" or "renamed" or "small" && report.Malformed is not null)
            {
                continue; // the signed list names other files
            }

            Assert.Null(report.Malformed);
            Assert.True(report.Of(Claim.Intact) == Verdict.False, $"{how}, {depth}: {report.Explain()}");
            Assert.Equal(1, report.ExitCode);
        }
    }

    private static void Forge(string how, Unpacked u)
    {
        var (a, b) = (BundleFiles.Command(A), BundleFiles.Command(B));
        var other = Encoding.UTF8.GetBytes(Cases.LargeCommand('x'));
        switch (how)
        {
            case "edited":
                u.Files[a] = other;
                break;
            case "swapped":
                (u.Files[a], u.Files[b]) = (u.Files[b], u.Files[a]);
                break;
            case "renamed": // hash, file and line agree with each other, but not with the link
                u.Files.Remove(a);
                u.Files[BundleFiles.Command(Digest.Of(other))] = other;
                Reopen(u, o => o.CommandBlob == A ? o with { CommandBlob = Digest.Of(other) } : o);
                break;
            case "missing":
                u.Files.Remove(b);
                break;
            case "unnamed":
                u.Files[BundleFiles.Command(Digest.Of(other))] = other;
                break;
            case "inline":
                Reopen(u, o => o.CommandBlob == B ? o with { CommandBlob = null, Command = other } : o);
                break;
            case "small": // a body that belongs in its line
                var body = u.Stream(0)[0][^1].Metadata.Opening!.Command!;
                u.Files[BundleFiles.Command(Digest.Of(body))] = body;
                Reopen(u, o => o.Command is null ? o : o with { Command = null, CommandBlob = Digest.Of(body) });
                break;
        }
    }

    private static void Reopen(Unpacked u, Func<Opening, Opening> change)
    {
        for (var s = 0; s < 2; s++)
        {
            u.SetStream(s, u.Stream(s).Select(t => t.Select(l => l.Metadata.Opening is { } o ? l with { Metadata = l.Metadata with { Opening = change(o) } } : l)));
        }
    }

    [Fact]
    public void The_writer_refuses_a_body_that_is_not_at_hand_or_another()
    {
        var source = Cases.Large().Source(Cases.LogKey, [Cases.Alice]);
        var missing = Assert.Throws<InvalidOperationException>(() => History.Bundle(source with { CommandBlobs = new Dictionary<Digest, ReadOnlyMemory<byte>>() }, Cases.LogKey));
        Assert.Contains($"{Cases.Alice} at revision 2", missing.Message, StringComparison.Ordinal);
        Assert.Contains(A.ToString(), missing.Message, StringComparison.Ordinal);
        var wrong = source.CommandBlobs.ToDictionary(b => b.Key, b => (ReadOnlyMemory<byte>)"x"u8.ToArray());
        Assert.Throws<InvalidOperationException>(() => History.Bundle(source with { CommandBlobs = wrong }, Cases.LogKey));
    }

    [Theory]
    [InlineData("commands/x")]
    [InlineData("commands/")]
    [InlineData("commands/sub/2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881")]
    [InlineData("Commands/2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881")]
    public void A_file_of_another_name_makes_the_bundle_malformed(string name)
    {
        var unpacked = new Unpacked(Bundle());
        unpacked.Files[name] = [1];
        Assert.Equal(2, Cases.Verify(unpacked.Pack(Depth.Stranger)).ExitCode);
    }
}
