using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace Loom.Core;

/// <summary>JSON Schemas of command bodies, in which the SDK's own value types say what text they take.</summary>
internal static class CommandSchema
{
    private static readonly JsonSchemaExporterOptions Options = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = static (context, node) => Of(context.TypeInfo.Type) ?? Members(context.TypeInfo, node),
    };

    public static string Of(JsonTypeInfo json) => json.GetJsonSchemaAsNode(Options).ToJsonString(JsonSerializerOptions.Default);

    private static JsonObject? Of(Type type) =>
        Nullable.GetUnderlyingType(type) is { } inner
            ? (Text(inner) is { } optional ? Known(optional, nullable: true) : null)
            : (Text(type) is { } text ? Known(text, nullable: false) : null);

    // A member with a default reaches the transformation only with its parent: the exporter makes its schema anew, without its type.
    private static JsonNode Members(JsonTypeInfo type, JsonNode node)
    {
        if (node is JsonObject schema && schema["properties"] is JsonObject members)
        {
            foreach (var member in type.Properties)
            {
                if (members[member.Name] is JsonObject bare && !bare.ContainsKey("type") && Of(member.PropertyType) is { } known)
                {
                    if (bare.TryGetPropertyValue("default", out var value))
                    {
                        known["default"] = value?.DeepClone();
                    }

                    members[member.Name] = known;
                }
            }
        }

        return node;
    }

    private static (string Format, string Pattern, string Description)? Text(Type type) =>
        type == typeof(Cents) ? ("cents", "^(0|-?[1-9][0-9]{0,14})$", "Whole cents.")
        : type == typeof(Timestamp) ? ("timestamp", @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$", "UTC, six fraction digits.")
        : null;

    private static JsonObject Known((string Format, string Pattern, string Description) text, bool nullable) => new()
    {
        ["type"] = nullable ? new JsonArray("string", "null") : "string",
        ["format"] = text.Format,
        ["pattern"] = text.Pattern,
        ["description"] = text.Description,
    };
}
