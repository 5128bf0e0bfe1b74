using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Loom.Infra.Tests;

/// <summary>YAML as JSON nodes: the core schema's scalars, anchors resolved, merge keys (<c>&lt;&lt;</c>) carried out. Duplicate keys are refused.</summary>
internal static class Yaml
{
    /// <summary>Every document of a file that is not empty.</summary>
    public static IReadOnlyList<JsonNode> Documents(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select(d => ToJson(d.RootNode)).OfType<JsonNode>()];
    }

    /// <summary>A file of one document.</summary>
    public static JsonObject Document(string text) => Assert.IsType<JsonObject>(Assert.Single(Documents(text)));

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode map => ToObject(map),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
        YamlScalarNode scalar => ToScalar(scalar),
        _ => throw new InvalidOperationException($"A {node.NodeType} at line {node.Start.Line} is not expected here."),
    };

    private static JsonObject ToObject(YamlMappingNode map)
    {
        var (own, merged) = (new JsonObject(), new JsonObject());
        foreach (var (key, value) in map.Children)
        {
            var name = ((YamlScalarNode)key).Value!;
            if (name != "<<")
            {
                own[name] = ToJson(value);
                continue;
            }

            foreach (var (inherited, node) in ToObject((YamlMappingNode)value))
            {
                merged[inherited] = node?.DeepClone();
            }
        }

        foreach (var (name, node) in merged.Where(m => !own.ContainsKey(m.Key)))
        {
            own[name] = node?.DeepClone();
        }

        return own;
    }

    private static JsonNode? ToScalar(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        return scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any) ? JsonValue.Create(text)
            : text is "" or "~" or "null" ? null
            : text is "true" or "false" ? JsonValue.Create(text == "true")
            : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? JsonNode.Parse(whole.ToString(CultureInfo.InvariantCulture))
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? JsonNode.Parse(number.ToString("R", CultureInfo.InvariantCulture))
            : JsonValue.Create(text);
    }
}
