using static Loom.Infra.Tests.Shape;

namespace Loom.Infra.Tests.Kubernetes;

/// <summary>The part of the Kubernetes API that our manifests use, by kind.</summary>
internal static class ManifestSchema
{
    private const string Name = "[a-z][a-z0-9-]*";
    private static readonly Shape Labels = Map("[a-z./-]+", Text);
    private static readonly Shape Meta = Of(("name", Like(Name)), ("labels?", Labels));
    private static readonly Shape Amount = Like(@"\d+(m|Mi|Gi)?");
    private static readonly Shape Amounts = Of(("cpu", Amount), ("memory", Amount));
    private static readonly Shape Port = Either(Like(Name), Whole);
    private static readonly Shape Selecting = Of(("matchLabels", Labels));

    private static readonly Shape Probe = Of(
        ("httpGet?", Of(("path", Like("/.*")), ("port", Port))), ("tcpSocket?", Of(("port", Port))), ("exec?", Of(("command", List(Text, atLeast: 1)))),
        ("periodSeconds", Whole), ("timeoutSeconds?", Whole), ("failureThreshold?", Whole));

    private static readonly Shape Container = Of(
        ("name", Like(Name)), ("image", Text), ("command?", List(Text)), ("args?", List(Text)),
        ("envFrom?", List(Of(("configMapRef", Of(("name", Like(Name))))))),
        ("ports?", List(Of(("name", Like(Name)), ("containerPort", Whole)))),
        ("startupProbe?", Probe), ("livenessProbe?", Probe), ("readinessProbe?", Probe),
        ("securityContext", Of(("allowPrivilegeEscalation", Flag), ("readOnlyRootFilesystem", Flag), ("capabilities", Of(("drop", List(Among("ALL"), 1)))))),
        ("resources", Of(("requests", Amounts), ("limits", Amounts))),
        ("volumeMounts?", List(Of(("name", Like(Name)), ("mountPath", Like("/.+")), ("readOnly?", Flag)))));

    private static readonly Shape Volume = Of(
        ("name", Like(Name)), ("emptyDir?", Of(("medium?", Among("Memory")), ("sizeLimit", Amount))), ("configMap?", Of(("name", Like(Name)))),
        ("secret?", Of(("secretName", Like(Name)), ("items?", List(Of(("key", Text), ("path", Text)))))),
        ("persistentVolumeClaim?", Of(("claimName", Like(Name)))));

    private static readonly Shape Claim = Of(("accessModes", List(Among("ReadWriteOnce"), 1)), ("resources", Of(("requests", Of(("storage", Amount))))));

    private static readonly Shape Template = Of(
        ("metadata", Of(("labels", Labels))),
        ("spec", Of(
            ("serviceAccountName", Like(Name)), ("automountServiceAccountToken", Flag), ("terminationGracePeriodSeconds", Whole),
            ("nodeSelector?", Labels), ("tolerations?", List(Of(("key", Text), ("operator", Among("Exists")), ("effect", Among("NoSchedule"))))),
            ("securityContext", Of(
                ("runAsNonRoot", Flag), ("runAsUser", Whole), ("runAsGroup", Whole), ("fsGroup", Whole), ("fsGroupChangePolicy", Among("OnRootMismatch")),
                ("seccompProfile", Of(("type", Among("RuntimeDefault")))))),
            ("initContainers?", List(Container)), ("containers", List(Container, 1)), ("volumes", List(Volume)))));

    private static readonly Shape Peer = Of(("podSelector?", Selecting), ("namespaceSelector?", Selecting));

    private static readonly IReadOnlyDictionary<(string Api, string Kind), (string, Shape)[]> Kinds = new Dictionary<(string, string), (string, Shape)[]>
    {
        [("v1", "Namespace")] = [],
        [("v1", "ServiceAccount")] = [("automountServiceAccountToken", Flag)],
        [("v1", "ConfigMap")] = [("data", Map(@"[A-Za-z_.]+", Text))],
        [("v1", "Service")] = [("spec", Of(("selector", Labels), ("ports", List(Of(("name", Like(Name)), ("port", Whole), ("targetPort", Port)), 1))))],
        [("v1", "PersistentVolumeClaim")] = [("spec", Claim)],
        [("apps/v1", "StatefulSet")] =
        [
            ("spec", Of(
                ("serviceName", Like(Name)), ("replicas", Whole), ("selector", Selecting), ("template", Template),
                ("volumeClaimTemplates", List(Of(("metadata", Of(("name", Like(Name)))), ("spec", Claim)))))),
        ],
        [("apps/v1", "Deployment")] =
        [
            ("spec", Of(("replicas", Whole), ("strategy", Of(("type", Among("Recreate")))), ("selector", Selecting), ("template", Template))),
        ],
        [("policy/v1", "PodDisruptionBudget")] = [("spec", Of(("maxUnavailable", Whole), ("selector", Selecting)))],
        [("networking.k8s.io/v1", "NetworkPolicy")] =
        [
            ("spec", Of(
                ("podSelector", Either(Nothing, Selecting)), ("policyTypes", List(Among("Ingress", "Egress"), 1)), ("egress?", List(Nothing)),
                ("ingress?", List(Of(("from", List(Peer, 1)), ("ports", List(Of(("protocol", Among("TCP")), ("port", Port)), 1))))))),
        ],
        [("keda.sh/v1alpha1", "ScaledObject")] =
        [
            ("spec", Of(
                ("scaleTargetRef", Of(("apiVersion", Text), ("kind", Text), ("name", Text))), ("pollingInterval", Whole), ("cooldownPeriod", Whole),
                ("minReplicaCount", Whole), ("maxReplicaCount", Whole),
                ("triggers", List(
                    Of(("type", Among("prometheus")), ("metadata", Of(("serverAddress", Like("http://.+")), ("query", Text), ("threshold", Text), ("activationThreshold", Text)))),
                    1)))),
        ],
    };

    public static IEnumerable<string> Check(System.Text.Json.Nodes.JsonObject manifest)
    {
        var (api, kind) = (manifest["apiVersion"]?.ToString() ?? "", manifest["kind"]?.ToString() ?? "");
        return Kinds.TryGetValue((api, kind), out var members)
            ? Of([("apiVersion", Text), ("kind", Text), ("metadata", Meta), .. members]).Check(manifest, $"{kind} {manifest["metadata"]?["name"]}")
            : [$"{api} {kind} is no kind that we use"];
    }
}
