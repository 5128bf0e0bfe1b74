using System.Text.Json;
using System.Text.Json.Serialization;
using Loom.Core;
using Loom.Provenance.Receipts;

namespace Loom.Proving;

/// <summary>The proof policies of a host, by actor type. Immutable.</summary>
public sealed class ProofPolicies
{
    private const int MaxBytes = 1 << 20;
    private readonly Dictionary<string, ProofPolicy> _byType;

    /// <summary>Makes them of policies.</summary>
    /// <exception cref="FormatException">A name is no actor type.</exception>
    public ProofPolicies(IEnumerable<KeyValuePair<string, ProofPolicy>> byType)
    {
        _byType = new(byType, StringComparer.Ordinal);
        if (_byType.Keys.FirstOrDefault(type => !ActorId.IsType(type)) is { } wrong)
        {
            throw new FormatException($"'{ConditionReader.Shorten(wrong)}' is no actor type: a lower-case letter, then up to 63 letters or digits.");
        }
    }

    /// <summary>Nothing is proven.</summary>
    public static ProofPolicies None { get; } = new([]);

    /// <summary>All of them, by actor type.</summary>
    public IReadOnlyDictionary<string, ProofPolicy> All => _byType;

    /// <summary>The types whose every transition gets a decision.</summary>
    public IReadOnlyList<string> Deciding => [.. _byType.Where(p => p.Value.Decides).Select(p => p.Key).Order(StringComparer.Ordinal)];

    /// <summary>The policy of an actor type; <see cref="ProofPolicy.Never"/> for one that is not named.</summary>
    public ProofPolicy Of(string actorType) => _byType.GetValueOrDefault(actorType, ProofPolicy.Never);

    /// <summary>
    /// Reads them from settings: an object whose members are named after actor types, each a text (see <see cref="ProofPolicy.Parse"/>) or
    /// <c>{"prove": text, "set": "proven"}</c>.
    /// </summary>
    /// <exception cref="FormatException">The message names the member, what is wrong with it and what would be right.</exception>
    public static ProofPolicies Parse(ReadOnlyMemory<byte> json)
    {
        if (json.Length > MaxBytes)
        {
            throw new FormatException($"The proof policies have {json.Length} bytes; at most {MaxBytes} are taken.");
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false, CommentHandling = JsonCommentHandling.Skip });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new ProofPolicies(document.RootElement.EnumerateObject().Select(m => KeyValuePair.Create(m.Name, PolicyOf(m))))
                : throw new FormatException("The proof policies are no JSON object. Write {\"ACTORTYPE\": \"always\"}.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"The proof policies are no JSON: {e.Message}", e);
        }
    }

    private static ProofPolicy PolicyOf(JsonProperty member)
    {
        var place = $"The proof policy of '{ConditionReader.Shorten(member.Name)}'";
        try
        {
            return member.Value.ValueKind switch
            {
                JsonValueKind.String => ProofPolicy.Parse(member.Value.GetString()!),
                JsonValueKind.Object => OfObject(member.Value),
                _ => throw new FormatException("it is neither text nor an object. Write \"always\", or {\"prove\": \"always\", \"set\": \"proven\"}."),
            };
        }
        catch (FormatException e)
        {
            throw new FormatException($"{place}: {e.Message}", e);
        }
    }

    private static ProofPolicy OfObject(JsonElement value)
    {
        string? prove = null;
        ParameterSet? set = null;
        foreach (var member in value.EnumerateObject())
        {
            var text = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : null;
            switch (member.Name)
            {
                case "prove":
                    prove = text ?? throw new FormatException("'prove' is no text.");
                    break;
                case "set":
                    set = (text is null ? null : ParameterSet.OfName(text))
                        ?? throw new FormatException($"'set' is not one of {string.Join(", ", ParameterSet.All.Select(s => s.Name))}.");
                    break;
                default:
                    throw new FormatException($"'{ConditionReader.Shorten(member.Name)}' is no member of a proof policy; there are 'prove' and 'set'.");
            }
        }

        return ProofPolicy.Parse(prove ?? throw new FormatException("'prove' is missing."), set);
    }
}

/// <summary>How texts in conditions are read.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class PolicyJson : JsonSerializerContext;
