using static Loom.Infra.Tests.Shape;

namespace Loom.Infra.Tests.Compose;

/// <summary>The part of the compose specification that <c>docker-compose.yml</c> uses.</summary>
internal static class ComposeSchema
{
    private static readonly Shape Duration = Like(@"\d+(ms|s|m)");

    private static readonly Shape Commands = Either(Text, List(Text, atLeast: 1));

    private static readonly Shape Service = Of(
        ("image", Text),
        ("restart", Among("no", "unless-stopped")),
        ("logging", Of(("driver", Among("json-file")), ("options", Map("max-size|max-file", Text)))),
        ("profiles?", List(Like("[a-z]+"), atLeast: 1)),
        ("build?", Of(("context", Among(".")), ("dockerfile", Text))),
        ("healthcheck?", Of(
            ("test", List(Text, atLeast: 2)), ("interval", Duration), ("timeout", Duration), ("retries", Whole), ("start_period?", Duration))),
        ("environment?", Map("[A-Z][A-Z0-9_]*", Text)),
        ("ports?", List(Like(@"127\.0\.0\.1:\d+:\d+"), atLeast: 1)),
        ("volumes?", List(Like(@"[a-z0-9./-]+:/[a-z./-]+(:ro)?"), atLeast: 1)),
        ("depends_on?", Map("[a-z0-9-]+", Of(
            ("condition", Among("service_healthy", "service_started", "service_completed_successfully")), ("required?", Flag)))),
        ("networks?", Map("[a-z]+", Either(Nothing, Of(("ipv4_address", Like(@"[\d.]+")))))),
        ("network_mode?", Either(Among("none"), Like("service:[a-z]+"))),
        ("entrypoint?", Commands), ("command?", Commands), ("user?", Like(@"\d+:\d+")), ("hostname?", Text), ("init?", Flag), ("read_only?", Flag),
        ("tmpfs?", List(Text)), ("cap_drop?", List(Among("ALL"))), ("security_opt?", List(Among("no-new-privileges:true"))),
        ("mem_limit?", Like(@"\d+[mg]")), ("stop_grace_period?", Duration));

    private static readonly Shape Pool = Of(("config", List(Of(("subnet", Like(@"[\d.]+/\d+"))))));

    private static readonly (string, Shape)[] Top =
    [
        ("name", Like("[a-z]+")),
        ("services", Map("[a-z0-9-]+", Service)),
        ("volumes", Map("[a-z0-9-]+", Nothing)),
        ("networks", Map("[a-z]+", Either(Nothing, Of(("ipam", Pool))))),
        ("x-logging?", new Anything()), ("x-esdb?", new Anything()), ("x-esdb-environment?", new Anything()),
    ];

    public static Shape File { get; } = Of(Top);

    // Fragments have no meaning of their own: they are checked where they are merged in.
    private sealed class Anything : Shape
    {
        public override IEnumerable<string> Check(System.Text.Json.Nodes.JsonNode? node, string at) => [];
    }
}
