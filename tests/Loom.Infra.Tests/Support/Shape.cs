using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Loom.Infra.Tests;

/// <summary>
/// What a document may look like: our own schema, of the keys that we use and no others, so that a misspelt one is found. Checks give
/// findings with a path; none means that the document has the shape.
/// </summary>
internal abstract class Shape
{
    public static Shape Text { get; } = new TextShape(".*");

    public static Shape Whole { get; } = new KindShape("a whole number", n => n is JsonValue v && v.TryGetValue<long>(out _));

    public static Shape Number { get; } = new KindShape("a number", n => n?.GetValueKind() == JsonValueKind.Number);

    public static Shape Flag { get; } = new KindShape("true or false", n => n?.GetValueKind() is JsonValueKind.True or JsonValueKind.False);

    public static Shape Nothing { get; } = new KindShape("nothing", n => n is null or JsonObject { Count: 0 });

    public static Shape Like(string pattern) => new TextShape(pattern);

    public static Shape Among(params string[] values) => new TextShape(string.Join('|', values.Select(Regex.Escape)));

    public static Shape List(Shape of, int atLeast = 0) => new ListShape(of, atLeast);

    public static Shape Map(string keys, Shape values) => new MapShape(keys, values);

    public static Shape Either(params Shape[] shapes) => new EitherShape(shapes);

    /// <summary>An object: names that end in <c>?</c> may be absent, no others may be there.</summary>
    public static Shape Of(params (string Name, Shape Shape)[] members) => new ObjectShape(members);

    public abstract IEnumerable<string> Check(JsonNode? node, string at);

    private sealed class KindShape(string name, Func<JsonNode?, bool> holds) : Shape
    {
        public override IEnumerable<string> Check(JsonNode? node, string at) => holds(node) ? [] : [$"{at} is {node?.ToJsonString() ?? "nothing"}, not {name}"];
    }

    private sealed class TextShape(string pattern) : Shape
    {
        public override IEnumerable<string> Check(JsonNode? node, string at) =>
            node?.GetValueKind() != JsonValueKind.String ? [$"{at} is {node?.ToJsonString() ?? "nothing"}, not text"]
            : Regex.IsMatch(node.GetValue<string>(), $@"\A(?:{pattern})\z", RegexOptions.Singleline) ? []
            : [$"{at} is '{node.GetValue<string>()}', which is not {pattern}"];
    }

    private sealed class ListShape(Shape of, int atLeast) : Shape
    {
        public override IEnumerable<string> Check(JsonNode? node, string at) =>
            node is not JsonArray list ? [$"{at} is no list"]
            : list.Count < atLeast ? [$"{at} has {list.Count} items, not {atLeast} or more"]
            : list.SelectMany((item, i) => of.Check(item, $"{at}[{i}]"));
    }

    private sealed class MapShape(string keys, Shape values) : Shape
    {
        public override IEnumerable<string> Check(JsonNode? node, string at) =>
            node is not JsonObject map ? [$"{at} is no map"]
            : map.SelectMany(m => Regex.IsMatch(m.Key, $@"\A(?:{keys})\z") ? values.Check(m.Value, $"{at}.{m.Key}") : [$"{at} has the key '{m.Key}', which is not {keys}"]);
    }

    private sealed class EitherShape(Shape[] shapes) : Shape
    {
        public override IEnumerable<string> Check(JsonNode? node, string at)
        {
            var findings = shapes.Select(s => s.Check(node, at).ToList()).ToList();
            return findings.Any(f => f.Count == 0) ? [] : findings.MinBy(f => f.Count)!;
        }
    }

    private sealed class ObjectShape((string Name, Shape Shape)[] members) : Shape
    {
        public override IEnumerable<string> Check(JsonNode? node, string at)
        {
            if (node is not JsonObject given)
            {
                return [$"{at} is no object"];
            }

            var known = members.ToDictionary(m => m.Name.TrimEnd('?'), m => m.Shape);
            return given.SelectMany(m => known.TryGetValue(m.Key, out var shape) ? shape.Check(m.Value, $"{at}.{m.Key}") : [$"{at} has the unknown key '{m.Key}'"])
                .Concat(members.Where(m => !m.Name.EndsWith('?') && !given.ContainsKey(m.Name)).Select(m => $"{at} lacks '{m.Name}'"));
        }
    }
}
