using System.Text;
using Loom.Core;
using Loom.Testing;

namespace Loom.Core.Tests.Json;

/// <summary>The short way for plain JSON gives what the strict reader gives, or declines.</summary>
public sealed class PlainJsonTests
{
    // Mostly what is plain; some of what is rare, and some of what is wrong.
    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"a\"", "\"b\"", "\"ab\"", "\"a!\"", "\"\"", "\"\u007f\"", "\"ü\"", "\"\\n\"", "\"\\u0061\"", "\"",
        "0", "7", "10", "01", "-1", "-0", "1.0", "1e2", "999999999999999", "9007199254740993", "true", "false", "null", "nul", " ", "\n", "\t", "\ufeff", "//",
    ];

    [Theory]
    [InlineData("""{"b":1,"a":2}""", """{"a":2,"b":1}""")]
    [InlineData("""{ "a!" : [ ] , "a" : { } , "" : "x" }""", """{"":"x","a":{},"a!":[]}""")]
    [InlineData(""" [1, 20, {"z":{"y":null,"x":true},"a":[false]}] """, """[1,20,{"a":[false],"z":{"x":true,"y":null}}]""")]
    [InlineData("\"\u007f~\"", "\"\u007f~\"")]
    public void Plain_json_is_sorted_and_stripped_of_space(string json, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(PlainJson.Canonicalize(Encoding.UTF8.GetBytes(json))!));

    [Theory]
    [InlineData("")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"b\":0,\"a\":1,\"a\":2}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("[1,]")]
    [InlineData("{} {}")]
    [InlineData("[-1]")]
    [InlineData("[1.5]")]
    [InlineData("[01]")]
    [InlineData("[1234567890123456]")]
    [InlineData("[\"\\u0061\"]")]
    [InlineData("[\"ü\"]")]
    [InlineData("[\"\u0001\"]")]
    [InlineData("[\"a]")]
    [InlineData("{\"a\"}")]
    [InlineData("{1:2}")]
    public void Everything_else_is_declined(string json) => Assert.Null(PlainJson.Canonicalize(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Deep_nesting_and_many_members_are_left_to_the_strict_reader()
    {
        var deep = Encoding.UTF8.GetBytes(new string('[', 50) + new string(']', 50));
        Assert.Null(PlainJson.Canonicalize(deep));
        Assert.Equal(deep, CanonicalJson.Canonicalize(deep));
        Assert.Null(PlainJson.Canonicalize(Encoding.UTF8.GetBytes(new string('[', 1_000_000))));

        var many = Encoding.UTF8.GetBytes("{" + string.Join(",", Enumerable.Range(0, 200).Select(i => $"\"m{i}\":{i}")) + "}");
        Assert.Null(PlainJson.Canonicalize(many));
        Assert.Equal(CanonicalJson.CanonicalizeAny(many), CanonicalJson.Canonicalize(many));
    }

    [Fact]
    public void Whatever_it_takes_the_strict_reader_takes_and_writes_alike()
    {
        var seed = Seeds.First("plain-json");
        var random = new Random(seed);
        var taken = 0;
        for (var i = Tier.Count(ci: 200_000, @long: 5_000_000); i > 0; i--)
        {
            var text = random.Next(4) == 0 ? Soup(random) : Nearly(random, depth: 0);
            var json = Encoding.UTF8.GetBytes(text);
            if (PlainJson.Canonicalize(json) is not { } canonical)
            {
                continue;
            }

            taken++;
            Assert.True(canonical.AsSpan().SequenceEqual(CanonicalJson.CanonicalizeAny(json)), $"seed {seed}: {text}");
        }

        Assert.True(taken > 1000, $"seed {seed}: only {taken} were plain");
    }

    private static string Soup(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => Pieces[random.Next(Pieces.Length)]));

    // JSON whose leaves are sometimes not plain, or no JSON.
    private static string Nearly(Random random, int depth) => random.Next(depth > 3 ? 1 : 3) switch
    {
        0 => Leaf(random),
        1 => "[" + Joined(random, () => Nearly(random, depth + 1)) + "]",
        _ => "{" + Joined(random, () => $"\"{(char)('a' + random.Next(6))}{(random.Next(2) == 0 ? "" : "b")}\"{Space(random)}:{Nearly(random, depth + 1)}") + "}",
    };

    private static string Joined(Random random, Func<string> item) =>
        string.Join(",", Enumerable.Range(0, random.Next(4)).Select(_ => Space(random) + item() + Space(random)));

    private static string Leaf(Random random) => random.Next(12) == 0 ? Pieces[random.Next(Pieces.Length)] : random.Next(3) switch
    {
        0 => random.Next(100_000).ToString(System.Globalization.CultureInfo.InvariantCulture),
        1 => "\"text\"",
        _ => "true",
    };

    private static string Space(Random random) => random.Next(5) == 0 ? " " : "";
}
