using System.Text.Json.Nodes;
using Loom.Infra.Tests.Observability;

namespace Loom.Infra.Tests.Kubernetes;

/// <summary>The manifests: their shape, and what has to fit together in them. No cluster takes part.</summary>
public sealed class ManifestTests
{
    [Fact]
    public void Every_object_has_the_shape_of_its_kind() => Assert.Empty(Manifests.All.SelectMany(m => ManifestSchema.Check(m.Object).Select(f => $"{m.File}: {f}")));

    [Fact]
    public void A_misspelt_key_and_an_unknown_kind_are_found()
    {
        var text = Repository.Read($"{Manifests.Folder}/host.yaml").Replace("readOnlyRootFilesystem", "readOnlyRootFileSystem", StringComparison.Ordinal)
            .Replace("kind: PodDisruptionBudget", "kind: DisruptionBudget", StringComparison.Ordinal);
        var findings = Yaml.Documents(text).SelectMany(d => ManifestSchema.Check(d.AsObject())).ToList();
        Assert.Contains(findings, f => f.Contains("unknown key 'readOnlyRootFileSystem'", StringComparison.Ordinal));
        Assert.Contains(findings, f => f.Contains("DisruptionBudget", StringComparison.Ordinal));
    }

    [Fact]
    public void The_list_of_files_names_them_all_but_what_needs_an_extension()
    {
        var listed = Yaml.Document(Repository.Read($"{Manifests.Folder}/kustomization.yaml"))["resources"]!.AsArray().Select(r => r.Value());
        Assert.Equal(Manifests.All.Select(m => m.File).Distinct().Except(["scaling.yaml"]).Order(), listed.Order());
    }

    [Fact]
    public void Workloads_pick_their_own_pods_and_services_find_them()
    {
        Assert.All(Manifests.Workloads, w => Assert.True(Manifests.Picks(w["spec"]!["selector"]!["matchLabels"]!.AsObject(), Manifests.LabelsOf(w))));
        Assert.All(Manifests.OfKind("Service"), s =>
        {
            var workload = Assert.Single(Manifests.Workloads, w => Manifests.Picks(s["spec"]!["selector"]!.AsObject(), Manifests.LabelsOf(w)));
            var ports = Manifests.ContainersOf(workload).SelectMany(c => c["ports"]?.AsArray() ?? []).Select(p => p!["name"].Value()).ToList();
            Assert.All(s["spec"]!["ports"]!.AsArray(), p => Assert.Contains(p!["targetPort"].Value(), ports));
        });
        Assert.All(Manifests.OfKind("StatefulSet"), s => Manifests.One("Service", s["spec"]!["serviceName"].Value()));
    }

    [Fact]
    public void Policies_are_about_pods_and_ports_that_exist()
    {
        var policies = Manifests.OfKind("NetworkPolicy").ToList();
        Assert.Contains(policies, p => p["spec"]!["podSelector"]!.AsObject().Count == 0);
        Assert.All(policies.Where(p => p["spec"]!["podSelector"]!.AsObject().Count > 0), p =>
        {
            var workload = Assert.Single(Manifests.Workloads, w => Manifests.Picks(p["spec"]!["podSelector"]!["matchLabels"]!.AsObject(), Manifests.LabelsOf(w)));
            var ports = Manifests.ContainersOf(workload).SelectMany(c => c["ports"]?.AsArray() ?? []).Select(x => x!["name"].Value()).ToList();
            Assert.All(p["spec"]!["ingress"]!.AsArray().SelectMany(i => i!["ports"]!.AsArray()), x => Assert.Contains(x!["port"].Value(), ports));
        });
        Assert.All(Manifests.Workloads, w => Assert.Contains(policies, p =>
            p["spec"]!["podSelector"]!["matchLabels"] is JsonObject picks && Manifests.Picks(picks, Manifests.LabelsOf(w))));
        Assert.All(Manifests.OfKind("PodDisruptionBudget"), b =>
            Assert.Contains(Manifests.Workloads, w => Manifests.Picks(b["spec"]!["selector"]!["matchLabels"]!.AsObject(), Manifests.LabelsOf(w))));
    }

    [Fact]
    public void Pods_have_no_rights_they_do_not_need()
    {
        Assert.Equal("restricted", Manifests.One("Namespace", "loom")["metadata"]!["labels"]!["pod-security.kubernetes.io/enforce"].Value());
        Assert.All(Manifests.Workloads, w =>
        {
            var pod = Manifests.PodOf(w);
            Assert.True((bool)pod["securityContext"]!["runAsNonRoot"]!);
            Assert.Equal(1654, (int)pod["securityContext"]!["runAsUser"]!);
            Assert.False((bool)pod["automountServiceAccountToken"]!);
            Manifests.One("ServiceAccount", pod["serviceAccountName"].Value());
            Assert.All(Manifests.AllContainersOf(w), c =>
            {
                Assert.False((bool)c["securityContext"]!["allowPrivilegeEscalation"]!);
                Assert.True((bool)c["securityContext"]!["readOnlyRootFilesystem"]!);
            });
        });
    }

    [Fact]
    public void Images_are_pinned() =>
        Assert.All(Manifests.Workloads.SelectMany(Manifests.AllContainersOf), c => Assert.True(Images.IsPinned(c["image"].Value()), c["image"].Value()));

    [Fact]
    public void What_runs_has_three_probes_that_ask_something_that_answers() =>
        Assert.All(Manifests.Workloads.SelectMany(Manifests.ContainersOf), c =>
        {
            var ports = (c["ports"]?.AsArray() ?? []).Select(p => p!["name"].Value()).ToList();
            foreach (var probe in new[] { "startupProbe", "livenessProbe", "readinessProbe" }.Select(p => c[p]!))
            {
                if (probe["httpGet"] is { } get)
                {
                    Assert.Contains($"`GET {get["path"].Value()}`", Repository.Read("docs/api.md"), StringComparison.Ordinal);
                    Assert.Contains(get["port"].Value(), ports);
                }
                else if (probe["tcpSocket"] is { } socket)
                {
                    Assert.Contains(socket["port"].Value(), ports);
                }
                else
                {
                    Assert.Equal(["healthy.sh", "7707", "/healthz"], probe["exec"]!["command"]!.AsArray().Select(x => x.Value()));
                    Assert.Contains("127.0.0.1:7707", c["args"]!.AsArray().Select(x => x.Value()));
                }
            }
        });

    [Fact]
    public void Mounts_have_volumes_and_volumes_have_mounts() =>
        Assert.All(Manifests.Workloads, w =>
        {
            var volumes = Manifests.PodOf(w)["volumes"]!.AsArray().Select(v => v!["name"].Value())
                .Concat((w["spec"]!["volumeClaimTemplates"]?.AsArray() ?? []).Select(t => t!["metadata"]!["name"].Value())).ToHashSet();
            Assert.Equal(volumes.Order(), Manifests.AllContainersOf(w).SelectMany(c => c["volumeMounts"]!.AsArray()).Select(m => m!["name"].Value()).Distinct().Order());
            Assert.All(Manifests.PodOf(w)["volumes"]!.AsArray().Select(v => v!["configMap"]).OfType<JsonObject>(), m => Manifests.One("ConfigMap", m["name"].Value()));
            Assert.All(Manifests.PodOf(w)["volumes"]!.AsArray().Select(v => v!["persistentVolumeClaim"]).OfType<JsonObject>(), m => Manifests.One("PersistentVolumeClaim", m["claimName"].Value()));
        });

    [Fact]
    public void Secrets_are_named_and_never_written_down()
    {
        Assert.Empty(Manifests.OfKind("Secret"));
        Assert.All(Manifests.OfKind("ConfigMap").SelectMany(m => m["data"]!.AsObject()), d =>
            Assert.True(d.Key.EndsWith("FILE", StringComparison.Ordinal) || !(d.Key.Contains("TOKEN", StringComparison.Ordinal) || d.Key.Contains("PASS", StringComparison.Ordinal)), d.Key));

        // Each is made by hand, and the page says how.
        var page = Repository.Read("infra/README.md");
        Assert.All(
            Manifests.Workloads.SelectMany(w => Manifests.PodOf(w)["volumes"]!.AsArray()).Select(v => v!["secret"]).OfType<JsonObject>(),
            s => Assert.Contains($" {s["secretName"].Value()} ", page, StringComparison.Ordinal));
    }

    [Fact]
    public void The_host_is_given_settings_that_exist_and_files_that_its_first_container_puts_there()
    {
        var data = Manifests.One("ConfigMap", "loom-host")["data"]!.AsObject();
        Assert.All(data.Where(d => d.Key != "SSL_CERT_FILE"), d => Assert.Contains(d.Key, Repository.Variables));
        var host = Manifests.One("StatefulSet", "loom-host");
        var copied = Manifests.PodOf(host)["initContainers"]![0]!["command"]!.AsArray().Select(a => Path.GetFileName(a.Value())).ToList();
        Assert.All(data.Where(d => d.Value.Value().StartsWith("/secrets/", StringComparison.Ordinal)), d => Assert.Contains(d.Value.Value()["/secrets/".Length..], copied));
        Assert.True((int)Manifests.PodOf(host)["terminationGracePeriodSeconds"]! > int.Parse(data["LOOM_DRAIN_SECONDS"].Value(), System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(1, (int)host["spec"]!["replicas"]!);

        var prover = new Uri(data["LOOM_PROVING_ADDRESS"].Value());
        Assert.Equal("https", prover.Scheme);
        Assert.Contains(Manifests.One("Service", prover.Host)["spec"]!["ports"]!.AsArray(), p => (int)p!["port"]! == prover.Port);
    }

    [Fact]
    public void Provers_run_on_their_own_nodes_and_come_and_go_with_a_queue_that_is_measured()
    {
        var prover = Manifests.One("Deployment", "loom-prover");
        Assert.NotEmpty(Manifests.PodOf(prover)["nodeSelector"]!.AsObject());
        var scaled = Manifests.One("ScaledObject", "loom-prover")["spec"]!;
        Assert.Equal(("Deployment", "loom-prover"), (scaled["scaleTargetRef"]!["kind"].Value(), scaled["scaleTargetRef"]!["name"].Value()));

        // A host comes back to the prover that has its job: a second one would answer that it knows nothing of it.
        Assert.Equal(1, (int)scaled["maxReplicaCount"]!);
        var query = scaled["triggers"]![0]!["metadata"]!["query"].Value();
        Assert.Empty(MetricRules.Check(query));
        Assert.Equal("loom_proofs_depth", Assert.Single(PromQl.Selectors(query)).Metric);
    }
}
