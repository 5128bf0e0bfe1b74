using System.Text;
using System.Text.Json;
using Loom.Core;

namespace Loom.Samples.Tests.Modules;

/// <summary>Commands to one actor, and how its machine answers them.</summary>
internal sealed record Vectors(string Actor, string At, IReadOnlyList<VectorStep> Steps)
{
    public static Vectors Read(JsonElement json)
    {
        var at = json.GetProperty("at").GetString()!;
        return new Vectors(json.GetProperty("actor").GetString()!, at, [.. json.GetProperty("steps").EnumerateArray().Select(VectorStep.Read)]);
    }

    /// <summary>The steps with what a host would hand over: body and context.</summary>
    public IEnumerable<(VectorStep Step, ModuleAnswer Answer)> Play(Func<MachineContext, byte[], byte[], ModuleAnswer> machine)
    {
        byte[] state = [];
        var revision = 0;
        for (var i = 0; i < Steps.Count; i++)
        {
            var step = Steps[i];
            var context = new MachineContext(Actor, Timestamp.Parse(At), $"command-{i + 1}", step.Command, step.Principal, revision, step.Roles);
            var answer = machine(context, state, step.Body);
            if (answer.Accepted)
            {
                state = answer.State;
                revision += JsonDocument.Parse(answer.Events).RootElement.GetArrayLength();
            }

            yield return (step, answer);
        }
    }
}

/// <summary>One command and the answer: canonical JSON of <c>{events, state}</c> or <c>{rejected}</c>.</summary>
internal sealed record VectorStep(string Command, byte[] Body, string Principal, IReadOnlyList<string> Roles, string Answer)
{
    public static VectorStep Read(JsonElement json) => new(
        json.GetProperty("command").GetString()!,
        Canonical(json.GetProperty("body")),
        json.TryGetProperty("principal", out var principal) ? principal.GetString()! : "alice",
        json.TryGetProperty("roles", out var roles) ? [.. roles.EnumerateArray().Select(r => r.GetString()!).Order(StringComparer.Ordinal)] : [],
        Encoding.UTF8.GetString(Canonical(json.GetProperty("answer"))));

    public override string ToString() => $"{Command} {Encoding.UTF8.GetString(Body)}";

    private static byte[] Canonical(JsonElement json) => CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(json.GetRawText()));
}
