using System.Text.RegularExpressions;
using static Loom.Infra.Tests.Shape;

namespace Loom.Infra.Tests.Observability;

/// <summary>Grafana: the boards' shape, what they ask, and that they are found where Grafana looks.</summary>
public sealed partial class BoardTests
{
    private static readonly Shape Source = Of(("type", Among("prometheus")), ("uid", Among("loom-prometheus")));

    private static readonly Shape Board = Of(
        ("uid", Like("loom-[a-z]+")), ("title", Text), ("tags", List(Text)), ("schemaVersion", Whole), ("version", Whole), ("editable", Flag),
        ("refresh", Text), ("time", Of(("from", Text), ("to", Text))), ("timezone", Text),
        ("panels", List(
            Of(
                ("id", Whole), ("type", Among("stat", "timeseries")), ("title", Text), ("description", Like(".{8,}")), ("datasource", Source),
                ("gridPos", Of(("x", Whole), ("y", Whole), ("w", Whole), ("h", Whole))),
                ("fieldConfig", Of(("defaults", Map("unit|min|custom|thresholds", new Whatever())), ("overrides", List(Nothing)))),
                ("options", new Whatever()),
                ("targets", List(
                    Of(("refId", Like("[A-Z]")), ("datasource", Source), ("expr", Text), ("legendFormat", Text), ("range", Flag)), atLeast: 1))),
            atLeast: 8)));

    [Fact]
    public void Boards_have_the_shape_of_boards()
    {
        Assert.Equal(["host.json", "proofs.json"], Boards.All.Select(b => b.File));
        Assert.All(Boards.All, b => Assert.Empty(Board.Check(b.Board, b.File)));
    }

    [Fact]
    public void Panels_have_numbers_of_their_own_and_do_not_lie_on_one_another() =>
        Assert.All(Boards.All, b =>
        {
            var panels = b.Board["panels"]!.AsArray();
            Assert.Equal(panels.Count, panels.Select(p => (int)p!["id"]!).Distinct().Count());
            var cells = panels.SelectMany(p => Cells(p!["gridPos"]!)).ToList();
            Assert.Equal(cells.Count, cells.Distinct().Count());
            Assert.All(cells, c => Assert.InRange(c.X, 0, 23));
        });

    [Fact]
    public void Every_question_is_about_a_metric_that_exists_in_the_way_its_type_allows() =>
        Assert.Empty(Boards.Questions().SelectMany(q => MetricRules.Check(q.Expression).Select(f => $"{q.Board}: {q.Panel}: {f}")));

    [Fact]
    public void Legends_name_labels_that_the_question_keeps() =>
        Assert.All(
            from q in Boards.Questions()
            from Match label in Label().Matches(q.Legend)
            select (q, Label: label.Groups[1].Value),
            l => Assert.Contains(l.Label, PromQl.Selectors(l.q.Expression).SelectMany(s => s.By)));

    [Fact]
    public void Grafana_finds_the_boards_and_the_sources_they_name()
    {
        var sources = Yaml.Document(Repository.Read("infra/grafana/provisioning/datasources/loom.yml"));
        Assert.Empty(Of(("apiVersion", Whole), ("prune", Flag), ("datasources", List(Of(
            ("name", Text), ("uid", Like("loom-[a-z]+")), ("type", Among("prometheus", "jaeger")), ("access", Among("proxy")),
            ("url", Like(@"http://[a-z]+:\d+")), ("isDefault?", Flag), ("editable", Flag), ("jsonData?", Map("timeInterval", Text)))))).Check(sources, "sources"));
        var providers = Yaml.Document(Repository.Read("infra/grafana/provisioning/dashboards/loom.yml"));
        Assert.Empty(Of(("apiVersion", Whole), ("providers", List(Of(
            ("name", Text), ("folder", Text), ("type", Among("file")), ("disableDeletion", Flag), ("allowUiUpdates", Flag), ("options", Of(("path", Text))))))).Check(providers, "providers"));

        var compose = Yaml.Document(Repository.Read("docker-compose.yml"))["services"]!;
        var mounts = compose["grafana"]!["volumes"]!.AsArray().Select(v => v.Value());
        Assert.Contains($"./infra/grafana/dashboards:{providers["providers"]![0]!["options"]!["path"].Value()}:ro", mounts);
        Assert.Contains("./infra/grafana/provisioning:/etc/grafana/provisioning:ro", mounts);
        Assert.All(sources["datasources"]!.AsArray(), s => Assert.NotNull(compose[new Uri(s!["url"].Value()).Host]));
        Assert.Contains("loom-prometheus", sources["datasources"]!.AsArray().Select(s => s!["uid"].Value()));
    }

    private static IEnumerable<(int X, int Y)> Cells(System.Text.Json.Nodes.JsonNode at) =>
        from x in Enumerable.Range((int)at["x"]!, (int)at["w"]!)
        from y in Enumerable.Range((int)at["y"]!, (int)at["h"]!)
        select (x, y);

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Label();

    // How a panel looks is Grafana's business.
    private sealed class Whatever : Shape
    {
        public override IEnumerable<string> Check(System.Text.Json.Nodes.JsonNode? node, string at) => [];
    }
}
