using System.Text.Json;

namespace Loom.Web.Json;

/// <summary>How a place in a state differs from the state before.</summary>
public enum Change
{
    /// <summary>As before.</summary>
    Same,

    /// <summary>Was not there.</summary>
    Added,

    /// <summary>Is no longer there; shown with its last value.</summary>
    Removed,

    /// <summary>Has another value, or something below it has.</summary>
    Changed,
}

/// <summary>A place in a state's tree, compared with the state before.</summary>
/// <param name="Name">Member name or index; empty at the root.</param>
/// <param name="Value">A scalar as JSON text; null for an object or an array.</param>
/// <param name="Old">The scalar before, where it changed; else null.</param>
/// <param name="Shape"><c>{n}</c> or <c>[n]</c> for an object or array; null for a scalar.</param>
/// <param name="Change">How it differs.</param>
/// <param name="Children">What is below.</param>
public sealed record StateNode(string Name, string? Value, string? Old, string? Shape, Change Change, IReadOnlyList<StateNode> Children)
{
    /// <summary>Number of scalars at or below this place that differ.</summary>
    public int Differences =>
        Children.Count == 0 ? (Change == Change.Same ? 0 : 1) : Children.Sum(c => c.Differences);

    /// <summary>The tree of <paramref name="after"/>, compared with <paramref name="before"/> (null: before birth).</summary>
    public static StateNode Compare(string? before, string after)
    {
        using var old = before is null ? null : JsonDocument.Parse(before);
        using var now = JsonDocument.Parse(after);
        return Of("", old?.RootElement, now.RootElement, compare: before is not null);
    }

    private static StateNode Of(string name, JsonElement? before, JsonElement? after, bool compare)
    {
        var element = after ?? before!.Value;
        var change = !compare ? Change.Same : after is null ? Change.Removed : before is null ? Change.Added : Change.Same;
        if (change == Change.Same && before is { } b && b.ValueKind != element.ValueKind)
        {
            return Leafless(name, element, compare) with { Change = Change.Changed, Old = Scalar(b) };
        }

        return element.ValueKind switch
        {
            JsonValueKind.Object => Branch(name, change, '{', '}', element.EnumerateObject().Count(), Members(before, after, compare)),
            JsonValueKind.Array => Branch(name, change, '[', ']', element.GetArrayLength(), Items(before, after, compare)),
            _ => Leaf(name, before, element, change),
        };
    }

    private static StateNode Leafless(string name, JsonElement element, bool compare) =>
        element.ValueKind is JsonValueKind.Object or JsonValueKind.Array
            ? Of(name, null, element, compare)
            : new StateNode(name, element.GetRawText(), null, null, Change.Same, []);

    private static StateNode Leaf(string name, JsonElement? before, JsonElement element, Change change)
    {
        var text = element.GetRawText();
        var old = change == Change.Same ? before?.GetRawText() : null;
        return old is not null && old != text
            ? new StateNode(name, text, old, null, Change.Changed, [])
            : new StateNode(name, text, null, null, change, []);
    }

    private static StateNode Branch(string name, Change change, char open, char close, int count, List<StateNode> children)
    {
        var differs = change == Change.Same && children.Any(c => c.Change != Change.Same);
        return new StateNode(name, null, null, $"{open}{count}{close}", differs ? Change.Changed : change, children);
    }

    private static List<StateNode> Members(JsonElement? before, JsonElement? after, bool compare)
    {
        var nodes = new List<StateNode>();
        foreach (var member in after?.EnumerateObject() ?? default)
        {
            nodes.Add(Of(member.Name, before is { } b && b.TryGetProperty(member.Name, out var old) ? old : null, member.Value, compare));
        }

        foreach (var member in before?.EnumerateObject() ?? default)
        {
            if (after is not { } a || !a.TryGetProperty(member.Name, out _))
            {
                nodes.Add(Of(member.Name, member.Value, null, compare));
            }
        }

        return nodes;
    }

    // Arrays are compared place by place: histories mostly grow at the end, and an operator reads indices.
    private static List<StateNode> Items(JsonElement? before, JsonElement? after, bool compare)
    {
        var nodes = new List<StateNode>();
        var (old, now) = (before?.GetArrayLength() ?? 0, after?.GetArrayLength() ?? 0);
        for (var i = 0; i < Math.Max(old, now); i++)
        {
            nodes.Add(Of(i.ToString(System.Globalization.CultureInfo.InvariantCulture), i < old ? before!.Value[i] : null, i < now ? after!.Value[i] : null, compare));
        }

        return nodes;
    }

    private static string Scalar(JsonElement e) => e.ValueKind switch
    {
        JsonValueKind.Object => "{…}",
        JsonValueKind.Array => "[…]",
        _ => e.GetRawText(),
    };
}
