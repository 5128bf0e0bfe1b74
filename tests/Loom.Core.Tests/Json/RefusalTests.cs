using System.Text;
using System.Text.Json;
using FsCheck.Fluent;
using Loom.Core;
using Loom.Testing;

namespace Loom.Core.Tests.Json;

/// <summary>What canonical JSON refuses instead of altering it.</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData("9007199254740993")]
    [InlineData("333333333.33333329")]
    [InlineData("0.1000000000000000055511151231257827")]
    [InlineData("1e400")]
    [InlineData("-1e400")]
    [InlineData("1e-400")]
    [InlineData("-0")]
    [InlineData("-0.0")]
    [InlineData("1e99999999999999999999")]
    public void A_number_that_would_change_is_refused(string number)
    {
        var e = Assert.Throws<FormatException>(() => Canonical($"[{number}]"));
        Assert.Contains("string", e.Message, StringComparison.Ordinal); // the remedy
    }

    [Theory]
    [InlineData("9007199254740992", "9007199254740992")]
    [InlineData("1.0", "1")]
    [InlineData("1E2", "100")]
    [InlineData("0.10", "0.1")]
    [InlineData("0e5", "0")]
    public void A_number_whose_value_stays_is_rewritten(string number, string expected) => Assert.Equal($"[{expected}]", Canonical($"[{number}]"));

    [Theory]
    [InlineData("""{"a":1,"a":1}""")]
    [InlineData("""{"a":1,"\u0061":2}""")]
    [InlineData("""{"x":{"a":1,"b":2,"a":3}}""")]
    public void Duplicate_members_are_refused(string json) => Assert.Throws<FormatException>(() => Canonical(json));

    [Theory]
    [InlineData("""["\ud800"]""")]
    [InlineData("""["\udc00\ud800"]""")]
    [InlineData("""["x\ud83dy"]""")]
    [InlineData("""{"\ud800":1}""")]
    public void Lone_surrogates_are_refused(string json) => Assert.Throws<FormatException>(() => Canonical(json));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1,]")]
    [InlineData("{} {}")]
    [InlineData("// no\n1")]
    [InlineData("NaN")]
    [InlineData("01")]
    [InlineData("\"\u0001\"")]
    public void What_is_no_json_is_refused(string json) => Assert.Throws<FormatException>(() => Canonical(json));

    [Fact]
    public void Invalid_utf8_is_refused() =>
        Assert.Throws<FormatException>(() => CanonicalJson.Canonicalize(new byte[] { (byte)'"', 0xff, (byte)'"' }));

    [Fact]
    public void Nesting_stops_at_the_stated_depth()
    {
        Canonical(Nested(CanonicalJson.MaxDepth));
        Assert.Throws<FormatException>(() => Canonical(Nested(CanonicalJson.MaxDepth + 1)));
        Assert.Throws<FormatException>(() => Canonical(Nested(1_000_000)));

        static string Nested(int depth) => new string('[', depth) + new string(']', depth);
    }

    [Fact]
    public void Canonical_json_stays_as_it_is_and_means_the_same()
    {
        var doubles = ArbMap.Default.ArbFor<double>().Filter(d => double.IsFinite(d) && !(d == 0 && double.IsNegative(d)));
        Prop.ForAll(doubles, d =>
        {
            var text = CanonicalNumber.Format(d);
            Assert.Equal(BitConverter.DoubleToInt64Bits(d), BitConverter.DoubleToInt64Bits(double.Parse(text, System.Globalization.CultureInfo.InvariantCulture)));
            Assert.Equal(text, CanonicalNumber.Exact(text));
        }).ShouldHold();

        var strings = ArbMap.Default.ArbFor<Dictionary<FsCheck.NonNull<string>, string>>();
        Prop.ForAll(strings, map =>
        {
            var clean = map.ToDictionary(m => WellFormed(m.Key.Get), m => WellFormed(m.Value ?? ""), StringComparer.Ordinal);
            var bytes = CanonicalJson.Canonicalize(JsonSerializer.SerializeToUtf8Bytes(clean));
            Assert.True(CanonicalJson.IsCanonical(bytes));
            Assert.Equal(clean.OrderBy(c => c.Key, StringComparer.Ordinal), JsonSerializer.Deserialize<Dictionary<string, string>>(bytes)!.OrderBy(c => c.Key, StringComparer.Ordinal));
        }).ShouldHold();
    }

    // Random strings hold lone surrogates; these are refused, and tested above. The marker keeps distinct keys distinct.
    private static string WellFormed(string text) =>
        string.Concat(text.Select(c => char.IsSurrogate(c) ? $"<{(int)c:x4}>" : c.ToString()));

    private static string Canonical(string json) => Encoding.UTF8.GetString(CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(json)));
}
