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
        TransformSchemaNode = static (context, node) =>
            Text(Nullable.GetUnderlyingType(context.TypeInfo.Type) is { } inner ? inner : context.TypeInfo.Type) is not { } text
                ? node
                : Known(text, Nullable.GetUnderlyingType(context.TypeInfo.Type) is not null),
    };

    public static string Of(JsonTypeInfo json) => json.GetJsonSchemaAsNode(Options).ToJsonString(JsonSerializerOptions.Default);

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
