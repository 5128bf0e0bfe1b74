using System.Text.Json.Nodes;

namespace Loom.Infra.Tests.Observability;

/// <summary>A question that a panel asks.</summary>
internal sealed record Question(string Board, string Panel, string Expression, string Legend)
{
    public override string ToString() => $"{Board}: {Panel}: {Expression}";
}

/// <summary>The boards of Grafana, as files.</summary>
internal static class Boards
{
    public static IReadOnlyList<(string File, JsonObject Board)> All { get; } =
    [
        .. Directory.GetFiles(Repository.PathOf("infra/grafana/dashboards"), "*.json").Order()
            .Select(f => (Path.GetFileName(f), JsonNode.Parse(File.ReadAllText(f))!.AsObject())),
    ];

    public static IReadOnlyList<Question> Questions(string? file = null) =>
    [
        .. from b in All
           where file is null || b.File == file
           from panel in b.Board["panels"]!.AsArray()
           from target in panel!["targets"]!.AsArray()
           select new Question(b.File, panel["title"].Value(), target!["expr"].Value(), target["legendFormat"].Value()),
    ];
}
