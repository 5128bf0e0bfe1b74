using System.Text.Json.Nodes;
using static Loom.Infra.Tests.Shape;

namespace Loom.Infra.Tests.Observability;

/// <summary>Prometheus: what it scrapes, and what it warns of.</summary>
public sealed class PrometheusTests
{
    private static readonly JsonObject Config = Yaml.Document(Repository.Read("infra/prometheus/prometheus.yml"));
    private static readonly JsonObject Alerts = Yaml.Document(Repository.Read("infra/prometheus/alerts.yml"));
    private static readonly Shape Duration = Like(@"\d+[smh]");

    private static readonly Shape ConfigShape = Of(
        ("global", Of(("scrape_interval", Duration), ("scrape_timeout", Duration), ("evaluation_interval", Duration))),
        ("rule_files", List(Text, atLeast: 1)),
        ("scrape_configs", List(
            Of(
                ("job_name", Text), ("metrics_path", Text), ("scheme", Among("http")),
                ("authorization", Of(("type", Among("Bearer")), ("credentials_file", Text))),
                ("static_configs", List(Of(("targets", List(Like(@"[a-z]+:\d+"), atLeast: 1)))))),
            atLeast: 1)));

    private static readonly Shape AlertsShape = Of(("groups", List(Of(("name", Text), ("rules", List(
        Of(
            ("alert", Like("Loom[A-Za-z]+")), ("expr", Text), ("for?", Duration), ("labels", Of(("severity", Among("page", "ticket")))),
            ("annotations", Of(("summary", Like(".{10,}")), ("remedy", Like(".{10,}"))))),
        atLeast: 1))))));

    [Fact]
    public void The_configuration_and_the_rules_have_their_shape()
    {
        Assert.Empty(ConfigShape.Check(Config, "prometheus.yml"));
        Assert.Empty(AlertsShape.Check(Alerts, "alerts.yml"));
        Assert.All(Config["rule_files"]!.AsArray(), f => Assert.True(Repository.Has($"infra/prometheus/{f.Value()}")));
    }

    [Fact]
    public void It_scrapes_the_host_of_the_compose_file_where_the_host_answers()
    {
        var job = Config["scrape_configs"]![0]!;
        var services = Yaml.Document(Repository.Read("docker-compose.yml"))["services"]!;
        Assert.Contains($"`GET {job["metrics_path"].Value()}`", Repository.Read("docs/metrics.md"), StringComparison.Ordinal);
        var target = job["static_configs"]![0]!["targets"]![0].Value().Split(':');
        Assert.EndsWith($":{target[1]}", services[target[0]]!["environment"]!["LOOM_URLS"].Value(), StringComparison.Ordinal);

        // The token: where one service writes it, another mounts it.
        var token = job["authorization"]!["credentials_file"].Value();
        Assert.Equal(token, services["metrics-token"]!["entrypoint"]!.AsArray()[^1].Value());
        Assert.Contains("metrics-token:/token:ro", services["prometheus"]!["volumes"]!.AsArray().Select(v => v.Value()));
        Assert.EndsWith(":1654", services["prometheus"]!["user"].Value(), StringComparison.Ordinal);
    }

    [Fact]
    public void Alerts_ask_about_metrics_that_exist_in_the_way_their_type_allows()
    {
        var rules = Rules();
        Assert.Equal(rules.Count, rules.Select(r => r["alert"].Value()).Distinct().Count());
        Assert.Empty(rules.SelectMany(r => MetricRules.Check(r["expr"].Value()).Select(f => $"{r["alert"]}: {f}")));
    }

    [Theory]
    [InlineData("loom_log_lag")]
    [InlineData("loom_append_duration_seconds_bucket")]
    [InlineData("loom_proofs_depth")]
    [InlineData("loom_disk_free_bytes")]
    public void What_an_operator_must_not_miss_has_an_alert(string metric) =>
        Assert.Contains(Rules(), r => PromQl.Selectors(r["expr"].Value()).Any(s => s.Metric == metric));

    private static List<JsonNode> Rules() => [.. Alerts["groups"]!.AsArray().SelectMany(g => g!["rules"]!.AsArray()).Select(r => r!)];
}
