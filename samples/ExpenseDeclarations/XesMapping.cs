using System.Buffers;
using System.Collections.Frozen;
using Loom.Core;

namespace Loom.Samples.ExpenseDeclarations;

/// <summary>
/// Activity and role of an event log to the command of this machine. The public logs name no persons, so the principal of a step is its
/// role, unless the import names an attribute that holds the person.
/// </summary>
public sealed class XesMapping : ILogMapping
{
    private static readonly FrozenDictionary<string, StepKind> Kinds = StepKinds.All.ToFrozenDictionary(k => k.Activity, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, DeclarationRole> Roles =
        Enum.GetValues<DeclarationRole>().ToFrozenDictionary(StepKinds.LogName, StringComparer.Ordinal);

    private XesMapping()
    {
    }

    public static XesMapping Instance { get; } = new();

    public IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["fourEyes"] = "on or off (default off): refuse approvals by whoever submitted or has approved already",
    };

    public string? Refuse(string setting, string value) => value is "on" or "off" ? null : "it takes on or off.";

    /// <summary>The case's name without the word that says what it is; other characters become a hyphen.</summary>
    public string? ActorIdOf(string caseName)
    {
        var name = caseName.AsSpan().Trim();
        name = name.StartsWith("declaration", StringComparison.OrdinalIgnoreCase) ? name["declaration".Length..].Trim() : name;
        var id = string.Create(Math.Min(name.Length, 200), name, static (span, text) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsAsciiLetterOrDigit(text[i]) || "._~:@-".Contains(text[i], StringComparison.Ordinal) ? text[i] : '-';
            }
        });
        return ActorId.IsId(id) ? id : null;
    }

    public MappedCommand? Open(LogStep first, IReadOnlyDictionary<string, string> settings) => new(
        "open-case",
        Body(json =>
        {
            Member(json, "amount", first.Amount is { IsNegative: false } amount ? amount.ToString() : null);
            Member(json, "description", first.Case.Length > 200 ? first.Case[..200] : first.Case);
            json.Name("fourEyes");
            json.Bool(settings.GetValueOrDefault("fourEyes") == "on");
            Member(json, "occurred", first.At?.ToString());
        }),
        Principal(first),
        []);

    public MappedCommand? Map(LogStep step)
    {
        if (!Kinds.TryGetValue(step.Activity, out var kind))
        {
            return null;
        }

        // The log's own word for the role counts, where it has one that this machine knows.
        var role = step.Role is { Length: > 0 } text && Roles.TryGetValue(text, out var named) ? named : kind.Role;
        if (role != kind.Role && (kind.Role, role) != (DeclarationRole.Undefined, DeclarationRole.System))
        {
            return null;
        }

        var body = Body(json =>
        {
            if (kind.Command is not ("save-declaration" or "submit-declaration" or "submit-permit" or "start-trip" or "end-trip"))
            {
                Member(json, "as", role.Name());
            }

            if (kind.Final)
            {
                json.Name("final");
                json.Bool(true);
            }

            Member(json, "occurred", step.At?.ToString());
        });
        return new MappedCommand(kind.Command, body, Principal(step), [role.Name()]);
    }

    private static string Principal(LogStep step) =>
        step.Resource is { Length: > 0 } person ? person
        : step.Role is { } text && Roles.TryGetValue(text, out var role) ? role.Name()
        : "undefined";

    private static void Member(CanonicalJsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.Name(name);
            json.String(value);
        }
    }

    private static byte[] Body(Action<CanonicalJsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        var json = new CanonicalJsonWriter(buffer);
        json.StartObject();
        members(json);
        json.EndObject();
        return buffer.WrittenSpan.ToArray();
    }
}
