using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Loom.Testing;

namespace Loom.Infra.Tests;

/// <summary>Files of the checkout, and what the generated pages list.</summary>
internal static partial class Repository
{
    /// <summary>Variables of settings, by the page that a test compares with the schema.</summary>
    public static IReadOnlySet<string> Variables { get; } = Variable().Matches(Read("docs/configuration.md")).Select(m => m.Groups[1].Value).ToHashSet();

    /// <summary>Metrics and their types, by the page that a test compares with a real scrape.</summary>
    public static IReadOnlyDictionary<string, string> Metrics { get; } =
        Metric().Matches(Read("docs/metrics.md")).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);

    public static string PathOf(string name) => Path.Combine(TestData.Root, name);

    public static bool Has(string name) => File.Exists(PathOf(name)) || Directory.Exists(PathOf(name));

    public static string Read(string name) => File.ReadAllText(PathOf(name)).ReplaceLineEndings("\n");

    /// <summary>Whether the checkout's file may be run, where that is a thing.</summary>
    public static bool IsExecutable(string name) => OperatingSystem.IsWindows() || (File.GetUnixFileMode(PathOf(name)) & UnixFileMode.UserExecute) != 0;

    public static string Value(this JsonNode? node) => node!.GetValue<string>();

    [GeneratedRegex(@"^\| `[a-zA-Z.]+` \| `(LOOM_[A-Z0-9_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Variable();

    [GeneratedRegex(@"^\| `(loom_[a-z_]+)` \| (counter|gauge|histogram) \|", RegexOptions.Multiline)]
    private static partial Regex Metric();
}
