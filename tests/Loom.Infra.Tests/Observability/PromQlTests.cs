namespace Loom.Infra.Tests.Observability;

/// <summary>The reader of expressions and the rules for them: they find what they are for.</summary>
public sealed class PromQlTests
{
    [Theory]
    [InlineData("sum by (a, b) (rate(loom_commands_total{outcome=\"accepted\"}[5m]))")]
    [InlineData("histogram_quantile(0.99, sum by (le) (rate(loom_append_duration_seconds_bucket[$__rate_interval]))) > 0.25")]
    [InlineData("loom_disk_free_bytes < 20e9 and predict_linear(loom_disk_free_bytes[6h], 86400) < 0")]
    [InlineData("sum(rate(loom_conflicts_total[5m])) or vector(0)")]
    public void What_follows_the_rules_has_no_findings(string expression) => Assert.Empty(MetricRules.Check(expression));

    [Theory]
    [InlineData("loom_comands_total", "no metric")]
    [InlineData("loom_commands_total", "not in a rate")]
    [InlineData("rate(loom_log_lag[5m])", "gauge")]
    [InlineData("rate(loom_commands_total)", "with a range")]
    [InlineData("loom_log_lag[5m]", "nothing takes")]
    [InlineData("rate(loom_append_duration_seconds[5m])", "histogram")]
    [InlineData("histogram_quantile(0.9, rate(loom_append_duration_seconds_bucket[5m]))", "by le")]
    [InlineData("sum by (le) (rate(loom_append_duration_seconds_bucket[5m]))", "by le")]
    [InlineData("sum(loom_log_lag", "missing")]
    [InlineData("loom_log_lag % 2", "no token")]
    [InlineData("loom_log_lag loom_log_lag", "goes on")]
    [InlineData("sum(>)", "not expected")]
    public void What_breaks_a_rule_is_found(string expression, string said) => Assert.Contains(said, Assert.Single(MetricRules.Check(expression)), StringComparison.Ordinal);
}
