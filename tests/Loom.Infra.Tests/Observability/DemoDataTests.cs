using Loom.Testing;

namespace Loom.Infra.Tests.Observability;

/// <summary>The boards show data from the demo: what their panels ask for is there, with the labels they name, once it has run.</summary>
public sealed class DemoDataTests
{
    // What counts the unusual has no series until it happens; the panels put a zero there.
    private static readonly string[] Unusual = ["loom_conflicts_total", "loom_fenced_off_total", "loom_passivations_total", "loom_load_events_total"];

    [Fact]
    public async Task The_hosts_board_shows_data_from_the_demo() =>
        Assert.Empty(Missing("host.json", await Demo.ScrapeAsync(cases: 20, prover: Repository.PathOf("no-prover"))));

    [ProverFact]
    public async Task The_board_of_proofs_shows_data_from_the_demo() =>
        Assert.Empty(Missing("proofs.json", await Demo.ScrapeAsync(cases: 5, prover: ProverProgram.Path!)));

    [Fact]
    public void What_a_scrape_lacks_is_missing()
    {
        var board = Boards.Questions("host.json").Count;
        Assert.True(Missing("host.json", []).Count > board - Unusual.Length);
        Assert.Contains(Missing("host.json", [new Sample("loom_commands_total", new Dictionary<string, string>())]), m => m.Contains("actor_type", StringComparison.Ordinal));
    }

    private static List<string> Missing(string board, IReadOnlyList<Sample> scrape) =>
    [
        .. from question in Boards.Questions(board)
           from selector in PromQl.Selectors(question.Expression)
           where !(Unusual.Contains(selector.Metric) && question.Expression.EndsWith(" or vector(0)", StringComparison.Ordinal))
           where !scrape.Any(s => s.Metric == selector.Metric
               && selector.Labels.All(l => s.Labels.GetValueOrDefault(l.Label) == l.Value)
               && selector.By.All(s.Labels.ContainsKey))
           select $"{question.Panel}: {selector.Metric} by ({string.Join(", ", selector.By)})",
    ];
}
