using Loom.Core;

namespace Loom.Runtime.Import;

/// <summary>What to import, as what, and on whose word.</summary>
public sealed record ImportSettings
{
    /// <summary>The file, gzipped or not.</summary>
    public required string Path { get; init; }

    /// <summary>What the report calls the file; the name only, since a path says more than a report should.</summary>
    public required string FileName { get; init; }

    /// <summary>The ID of the import's actor; null derives one from the file's hash and the settings, so that the same import is done once.</summary>
    public string? Id { get; init; }

    /// <summary>Which attributes hold what.</summary>
    public XesOptions Xes { get; init; } = new();

    /// <summary>Settings of the machine's mapping, for example <c>fourEyes</c> = <c>on</c>.</summary>
    public IReadOnlyDictionary<string, string> Machine { get; init; } = new Dictionary<string, string>();

    /// <summary>Who started it.</summary>
    public required string Principal { get; init; }

    /// <summary>Cases under way at the same time. Steps of one case never overlap.</summary>
    public int Parallelism { get; init; } = 256;

    /// <summary>The import's actor, once the file's hash is known.</summary>
    public ActorId ActorOf(Digest sha256) => new("import", Id ?? DerivedId(sha256));

    private string DerivedId(Digest sha256)
    {
        var settings = string.Join('\n', Machine.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key}={m.Value}"));
        var all = $"{sha256}\n{Xes.RoleKey}\n{Xes.ResourceKey}\n{Xes.AmountKey}\n{settings}";
        return Digest.Of(System.Text.Encoding.UTF8.GetBytes(all)).ToString()[..16];
    }
}
