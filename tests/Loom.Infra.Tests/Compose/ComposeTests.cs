using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Loom.Infra.Tests.Compose;

/// <summary><c>docker-compose.yml</c>: its shape, and what has to fit together in it. No container engine takes part.</summary>
public sealed partial class ComposeTests
{
    private static readonly string File = Repository.Read("docker-compose.yml");
    private static readonly JsonObject Compose = Yaml.Document(File);
    private static readonly IReadOnlyDictionary<string, JsonObject> Services = Compose["services"]!.AsObject().ToDictionary(s => s.Key, s => s.Value!.AsObject());

    // They do one thing and end: nothing to ask for health, nothing to restart.
    private static readonly string[] Once = ["esdb-certificates", "journal-credentials", "metrics-token"];

    [Fact]
    public void The_file_has_the_shape_of_a_compose_file() => Assert.Empty(ComposeSchema.File.Check(Compose, "compose"));

    [Fact]
    public void A_misspelt_key_a_bare_number_and_an_open_port_are_found()
    {
        var text = File.Replace("stop_grace_period: 45s", "stop_graceperiod: 45s", StringComparison.Ordinal)
            .Replace("EVENTSTORE_CLUSTER_SIZE: \"1\"", "EVENTSTORE_CLUSTER_SIZE: 1", StringComparison.Ordinal)
            .Replace("127.0.0.1:9090:9090", "9090:9090", StringComparison.Ordinal);
        Assert.Equal(3, ComposeSchema.File.Check(Yaml.Document(text), "compose").Count());
    }

    [Fact]
    public void Every_part_that_the_platform_stands_on_is_there() =>
        Assert.Superset(
            new HashSet<string> { "host", "prover", "eventstoredb", "esdb-node1", "esdb-node2", "esdb-node3", "rabbitmq", "redis", "jaeger", "prometheus", "grafana" },
            Services.Keys.ToHashSet());

    [Fact]
    public void Without_a_profile_the_host_starts_alone() =>
        Assert.Equal(["host"], Services.Where(s => s.Value["profiles"] is null).Select(s => s.Key));

    [Fact]
    public void Images_are_pinned() => Assert.All(Services, s => Assert.True(Images.IsPinned(s.Value["image"].Value()), s.Key));

    [Theory]
    [InlineData("redis")]
    [InlineData("redis:latest")]
    [InlineData("redis:7")]
    [InlineData("grafana/grafana:main")]
    public void An_image_that_moves_is_not_pinned(string image) => Assert.False(Images.IsPinned(image));

    [Fact]
    public void What_stays_has_a_health_check_and_starts_again() =>
        Assert.All(Services, s =>
        {
            Assert.Equal(Once.Contains(s.Key), s.Value["healthcheck"] is null);
            Assert.Equal(Once.Contains(s.Key) ? "no" : "unless-stopped", s.Value["restart"].Value());
        });

    [Fact]
    public void Services_wait_for_what_exists_in_a_way_that_can_come_true() =>
        Assert.All(
            from s in Services
            from d in s.Value["depends_on"]?.AsObject() ?? []
            select (s.Key, Name: d.Key, Condition: d.Value!["condition"].Value(), Required: d.Value["required"]?.GetValue<bool>() ?? true),
            d =>
            {
                var target = Assert.Contains(d.Name, Services);
                Assert.Equal(Once.Contains(d.Name), d.Condition == "service_completed_successfully");

                // A required one has to be there whenever the service is.
                Assert.True(!d.Required || Profiles(target).Count == 0 || Profiles(target).IsSupersetOf(Profiles(Services[d.Key])), $"{d.Key} needs {d.Name}, which its profiles do not start");
            });

    [Fact]
    public void Volumes_are_declared_and_used_and_files_exist()
    {
        var mounts = Services.SelectMany(s => s.Value["volumes"]?.AsArray() ?? []).Select(v => v.Value().Split(':')[0]).ToHashSet();
        Assert.Equal(Compose["volumes"]!.AsObject().Select(v => v.Key).Order(), mounts.Where(m => !m.StartsWith("./", StringComparison.Ordinal)).Order());
        Assert.All(mounts.Where(m => m.StartsWith("./", StringComparison.Ordinal)), m => Assert.True(Repository.Has(m[2..]), m));
    }

    [Fact]
    public void Networks_are_declared() =>
        Assert.All(
            Services.SelectMany(s => s.Value["networks"]?.AsObject() ?? []),
            n => Assert.Contains(n.Key, Compose["networks"]!.AsObject().Select(d => d.Key)));

    [Fact]
    public void No_two_services_want_one_port_of_the_machine()
    {
        var ports = Services.SelectMany(s => s.Value["ports"]?.AsArray() ?? []).Select(p => p.Value().Split(':')[1]).ToList();
        Assert.Equal(ports.Distinct(), ports);
    }

    [Fact]
    public void What_is_built_is_built_from_a_file_of_the_repository() =>
        Assert.All(Services.Values.Select(s => s["build"]).OfType<JsonObject>(), b => Assert.True(Repository.Has(b["dockerfile"].Value())));

    [Fact]
    public void Secrets_come_from_the_environment_or_not_at_all()
    {
        var secrets = Services.SelectMany(s => s.Value["environment"]?.AsObject() ?? [])
            .Where(v => Secret().IsMatch(v.Key) && !v.Key.EndsWith("FILE", StringComparison.Ordinal)).ToList();
        Assert.True(secrets.Count >= 10);
        Assert.All(secrets, s => Assert.Matches(@"\A\$\{[A-Z_]+:\?[^}]+\}\z", s.Value.Value()));
    }

    [Fact]
    public void The_host_is_given_settings_that_exist()
    {
        var given = Services["host"]["environment"]!.AsObject().Select(v => v.Key).ToList();
        Assert.All(given, v => Assert.Contains(v, Repository.Variables));
        Assert.Equal("token", Services["host"]["environment"]!["LOOM_AUTH_MODE"].Value());
    }

    [Fact]
    public void The_servers_of_the_journal_are_secured_and_run_no_projections()
    {
        var servers = Services.Where(s => s.Value["image"].Value().StartsWith("eventstore/eventstore:", StringComparison.Ordinal)).Select(s => s.Value["environment"]!.AsObject()).ToList();
        Assert.Equal(4, servers.Count);
        Assert.All(servers, e =>
        {
            Assert.False(e.ContainsKey("EVENTSTORE_INSECURE"));
            Assert.Equal("None", e["EVENTSTORE_RUN_PROJECTIONS"].Value());
            Assert.Equal("false", e["EVENTSTORE_ALLOW_ANONYMOUS_STREAM_ACCESS"].Value());
            Assert.True(e.ContainsKey("EVENTSTORE_CERTIFICATE_FILE"));
        });
    }

    [Fact]
    public void Each_of_three_nodes_seeds_the_other_two_at_their_own_addresses()
    {
        var nodes = Services.Where(s => s.Key.StartsWith("esdb-node", StringComparison.Ordinal)).Select(s => s.Value).ToList();
        var addresses = nodes.Select(n => n["networks"]!["cluster"]!["ipv4_address"].Value()).ToList();
        Assert.Equal(3, addresses.Distinct().Count());
        foreach (var (node, own) in nodes.Zip(addresses))
        {
            Assert.Equal(own, node["environment"]!["EVENTSTORE_REPLICATION_IP"].Value());
            Assert.Equal(addresses.Except([own]).Select(a => $"{a}:2113"), node["environment"]!["EVENTSTORE_GOSSIP_SEED"].Value().Split(','));
            Assert.Contains(own, Services["esdb-certificates"]["command"]![0].Value(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_host_has_longer_to_stop_than_it_takes_to_drain()
    {
        var drain = int.Parse(DrainDefault().Match(Repository.Read("docs/configuration.md")).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(int.Parse(Services["host"]["stop_grace_period"].Value().TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture) > drain);
    }

    [Fact]
    public void The_script_for_passwords_gives_every_one_that_the_file_asks_for_and_no_settings_that_are_unknown()
    {
        var script = Repository.Read("infra/make-env.sh");
        Assert.True(Repository.IsExecutable("infra/make-env.sh"));
        Assert.Equal(Asked().Matches(File).Select(m => m.Groups[1].Value).Distinct().Order(), Given().Matches(script).Select(m => m.Groups[1].Value).Order());
        Assert.All(Offered().Matches(script).Select(m => m.Groups[1].Value), v =>
        {
            Assert.Contains(v, Repository.Variables);
            Assert.Contains($"${{{v}:-", File, StringComparison.Ordinal);
        });
    }

    private static HashSet<string> Profiles(JsonObject service) => [.. service["profiles"]?.AsArray().Select(p => p.Value()) ?? []];

    [GeneratedRegex("PASS|SECRET|TOKEN|KEY$")]
    private static partial Regex Secret();

    [GeneratedRegex(@"\$\{([A-Z_]+):\?")]
    private static partial Regex Asked();

    [GeneratedRegex(@"^([A-Z_]+)=\$\(secret\)$", RegexOptions.Multiline)]
    private static partial Regex Given();

    [GeneratedRegex(@"^#(LOOM_[A-Z_]+)=", RegexOptions.Multiline)]
    private static partial Regex Offered();

    [GeneratedRegex(@"`LOOM_DRAIN_SECONDS` \| [^|]+ \| `(\d+)`")]
    private static partial Regex DrainDefault();
}
