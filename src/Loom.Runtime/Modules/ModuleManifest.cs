using System.Text.Json;
using System.Text.RegularExpressions;
using Loom.Core;

namespace Loom.Runtime;

/// <summary>What a module's author says of it (<c>NAME.module.json</c>): everything that a host has to know without running it.</summary>
public sealed partial class ModuleManifest
{
    /// <summary>Largest manifest, in canonical form: it is the body of a journaled act.</summary>
    public const int MaxBytes = 30 * 1024;

    private ModuleManifest(ReadOnlyMemory<byte> json) => Json = json;

    /// <summary>The manifest as RFC 8785 JSON.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>The module's name, for example <c>counter</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its version, from 1.</summary>
    public required int Version { get; init; }

    /// <summary>The actor type that it decides for.</summary>
    public required string ActorType { get; init; }

    /// <summary>A line for people; may be empty.</summary>
    public required string About { get; init; }

    /// <summary>The hash that the author states; null when none is stated.</summary>
    public required Digest? Sha256 { get; init; }

    /// <summary>JSON pointer into the state to what operators search for; empty for none.</summary>
    public required string Label { get; init; }

    /// <summary>JSON Schema of the state, for display; null when there is none.</summary>
    public required string? StateSchema { get; init; }

    /// <summary>The commands that it takes; empty takes all.</summary>
    public required IReadOnlyList<CommandDescription> Commands { get; init; }

    /// <summary>The events that it may emit.</summary>
    public required IReadOnlyList<string> Events { get; init; }

    /// <summary>Which of them are effects.</summary>
    public required IReadOnlyDictionary<string, EffectKind> Effects { get; init; }

    /// <summary>What it asks for beyond the machine interface. A machine is given none.</summary>
    public required IReadOnlyList<string> Capabilities { get; init; }

    /// <summary><c>NAME@VERSION</c>.</summary>
    public string QualifiedName => $"{Name}@{Version}";

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="FormatException">It is none; the message names the member.</exception>
    public static ModuleManifest Parse(ReadOnlyMemory<byte> json)
    {
        if (json.Length > 4 * MaxBytes)
        {
            throw new FormatException($"it has {json.Length} bytes; a manifest has at most {MaxBytes} in canonical form.");
        }

        var canonical = CanonicalJson.Canonicalize(json);
        if (canonical.Length > MaxBytes)
        {
            throw new FormatException($"it has {canonical.Length} bytes in canonical form; a manifest has at most {MaxBytes}. Shorten its schemas.");
        }

        using var document = JsonDocument.Parse(canonical);
        var members = new ManifestMembers("", document.RootElement);
        var abi = members.Integer("abi", 1, 1);
        var state = members.Object("state");
        var manifest = new ModuleManifest(canonical)
        {
            Name = members.Text("name", NamePattern(), "1 to 64 lower-case letters, digits and hyphens, the first a letter"),
            Version = members.Integer("version", 1, 1_000_000),
            ActorType = members.Text("actorType", TypePattern(), "an actor type: a letter in lower case, then letters and digits, at most 64"),
            About = members.OptionalText("about", 1000) ?? "",
            Sha256 = members.OptionalText("sha256", 64) is not { } hash ? null
                : Digest.TryParse(hash, out var digest) ? digest : throw new FormatException("'sha256' is not 64 lower-case hex digits."),
            Label = state?.OptionalText("label", 200) is { Length: > 0 } label ? LabelPath.Check(label) : "",
            StateSchema = state?.Raw("schema"),
            Commands = [.. members.Array("commands").Select(CommandOf)],
            Events = [.. members.Array("events").Select(e => EventName(e.AsText()))],
            Effects = EffectsOf(members.Object("effects")),
            Capabilities = [.. members.Array("capabilities").Select(c => c.AsText())],
        };
        _ = (abi, members.OptionalInteger("size"), members.OptionalText("vectors", 200));
        state?.RefuseOthers();
        members.RefuseOthers();
        manifest.CheckNames();
        return manifest;
    }

    private static CommandDescription CommandOf(ManifestMembers command)
    {
        var type = command.Text("type", EventPattern(), "1 to 128 printable characters");
        var description = new CommandDescription(type, command.Raw("schema") ?? "{}", command.OptionalText("summary", 500) ?? "");
        command.RefuseOthers();
        return description;
    }

    private static string EventName(string type) =>
        !EventPattern().IsMatch(type) ? throw new FormatException("'events' holds a name that is not 1 to 128 printable characters.")
        : type.StartsWith("loom.", StringComparison.Ordinal) || type.StartsWith('$') ? throw new FormatException($"'events' names '{type}'; names that begin with loom. or $ are reserved.")
        : type;

    private static Dictionary<string, EffectKind> EffectsOf(ManifestMembers? effects)
    {
        var kinds = new Dictionary<string, EffectKind>(StringComparer.Ordinal);
        foreach (var (name, value) in effects?.AllTexts() ?? [])
        {
            var kind = Enum.GetValues<EffectKind>().Where(k => k.ToString().Equals(value, StringComparison.OrdinalIgnoreCase)).Cast<EffectKind?>().FirstOrDefault();
            kinds[name] = kind ?? throw new FormatException(
                $"'effects' marks '{ManifestMembers.Shorten(name)}' as '{ManifestMembers.Shorten(value)}'; an effect is one of {string.Join(", ", Enum.GetValues<EffectKind>().Select(k => k.ToString().ToLowerInvariant()))}.");
        }

        return kinds;
    }

    private void CheckNames()
    {
        if (Commands.GroupBy(c => c.Type, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new FormatException($"'commands' has '{twice.Key}' twice.");
        }

        if (Effects.Keys.FirstOrDefault(e => !Events.Contains(e)) is { } unknown)
        {
            throw new FormatException($"'effects' marks '{ManifestMembers.Shorten(unknown)}', which 'events' does not name.");
        }
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A[a-z][A-Za-z0-9]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex TypePattern();

    [GeneratedRegex(@"\A[\x21-\x7e]{1,128}\z", RegexOptions.CultureInvariant)]
    private static partial Regex EventPattern();
}
