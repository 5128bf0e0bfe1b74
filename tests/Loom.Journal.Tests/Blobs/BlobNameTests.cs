using Loom.Core;
using Loom.Journal.Blobs;

namespace Loom.Journal.Tests.Blobs;

public sealed class BlobNameTests
{
    private static readonly Digest Hash = Digest.Of("x"u8);

    [Theory]
    [InlineData("commands")]
    [InlineData("proofs/case-1")]
    [InlineData("a/b_c/1.0/z")]
    public void A_name_reads_back(string area)
    {
        var name = new BlobName(area, Hash);
        Assert.True(BlobName.TryParse(name.ToString(), out var again));
        Assert.Equal(name, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("a//b")]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData("A")]
    [InlineData("a+b")]
    [InlineData("a b")]
    [InlineData("a\\b")]
    [InlineData("c:")]
    [InlineData("ä")]
    [InlineData("a/b/c/d/e")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123x")]
    public void An_area_that_a_path_could_read_otherwise_is_refused(string area)
    {
        Assert.Throws<FormatException>(() => new BlobName(area, Hash));
        Assert.False(BlobName.TryParse($"{area}/{Hash}", out _));
    }

    [Theory]
    [InlineData("commands/")]
    [InlineData("commands/abcd")]
    [InlineData("commands/2D711642B726B04401627CA9FBAC32F5C8530FB1903CC4DB02258717921A4881")]
    [InlineData("2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881")]
    public void A_name_without_an_area_and_a_hash_is_none(string text) => Assert.False(BlobName.TryParse(text, out _));
}
