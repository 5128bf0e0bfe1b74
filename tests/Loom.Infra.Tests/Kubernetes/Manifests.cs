using System.Text.Json.Nodes;

namespace Loom.Infra.Tests.Kubernetes;

/// <summary>The objects in <c>infra/kubernetes</c>, but for the list of files.</summary>
internal static class Manifests
{
    public const string Folder = "infra/kubernetes";

    public static IReadOnlyList<(string File, JsonObject Object)> All { get; } =
    [
        .. from path in Directory.GetFiles(Repository.PathOf(Folder), "*.yaml").Order()
           where Path.GetFileName(path) != "kustomization.yaml"
           from document in Yaml.Documents(File.ReadAllText(path))
           select (Path.GetFileName(path), document.AsObject()),
    ];

    public static IEnumerable<JsonObject> OfKind(string kind) => All.Select(m => m.Object).Where(o => o["kind"].Value() == kind);

    public static JsonObject One(string kind, string name) => OfKind(kind).Single(o => NameOf(o) == name);

    public static string NameOf(JsonNode manifest) => manifest["metadata"]!["name"].Value();

    /// <summary>What runs pods: name, selector, template.</summary>
    public static IEnumerable<JsonObject> Workloads => OfKind("StatefulSet").Concat(OfKind("Deployment"));

    public static JsonNode PodOf(JsonNode workload) => workload["spec"]!["template"]!["spec"]!;

    public static IEnumerable<JsonNode> ContainersOf(JsonNode workload) => PodOf(workload)["containers"]!.AsArray().Select(c => c!);

    public static IEnumerable<JsonNode> AllContainersOf(JsonNode workload) =>
        ContainersOf(workload).Concat((PodOf(workload)["initContainers"]?.AsArray() ?? []).Select(c => c!));

    public static JsonObject LabelsOf(JsonNode workload) => workload["spec"]!["template"]!["metadata"]!["labels"]!.AsObject();

    /// <summary>Whether a selector picks what has these labels.</summary>
    public static bool Picks(JsonObject selector, JsonObject labels) =>
        selector.All(s => labels.TryGetPropertyValue(s.Key, out var value) && value!.Value() == s.Value!.Value());
}
