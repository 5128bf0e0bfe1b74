using System.Text;
using System.Text.Json;
using Loom.Core;

namespace Loom.Cli.Modules;

/// <summary>One command of a vectors file, and the answer that is expected (canonical).</summary>
internal sealed record VectorStep(string Command, byte[] Body, string? At, string Principal, string[] Roles, string Answer);

/// <summary>Commands to one actor in order, and how its machine has to answer them: what samples/modules/*.vectors.json hold.</summary>
internal sealed record VectorFile(string Actor, Timestamp At, IReadOnlyList<VectorStep> Steps)
{
    private const int MostBytes = 32 << 20;

    public static async Task<VectorFile> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var bytes = await BoundedFile.RequireAsync(path, "a vectors file", MostBytes, cancellationToken);
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            return new VectorFile(Text(root, "actor"), Timestamp.Parse(Text(root, "at")), [.. Member(root, "steps").EnumerateArray().Select(StepOf)]);
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            throw new CliException(
                ExitCodes.Malformed, $"{path} is no vectors file.", e.Message,
                "It is {\"actor\", \"at\", \"steps\": [{\"command\", \"body\", \"principal\"?, \"roles\"?, \"at\"?, \"answer\": {\"state\", \"events\"} or {\"rejected\"} or {\"exit\"}}]}.");
        }
    }

    /// <summary>The calls in order. Each needs the state that the one before left: the caller hands back answers.</summary>
    public IEnumerable<(int Number, VectorStep Step, CallInput Input)> Play(Func<CallAnswer> last)
    {
        byte[] state = [];
        var revision = 0L;
        for (var n = 0; n < Steps.Count; n++)
        {
            var step = Steps[n];
            var at = step.At is null ? At : Timestamp.Parse(step.At);
            yield return (n + 1, step, new CallInput(state, step.Body, new MachineContext(Actor, at, $"command-{n + 1}", step.Command, step.Principal, revision, step.Roles)));
            if (last() is { Status: CallAnswer.Accepted } answer)
            {
                (state, revision) = (answer.State, revision + answer.EventList().Count);
            }
        }
    }

    private static VectorStep StepOf(JsonElement step) => new(
        Text(step, "command"),
        Canonical(Member(step, "body")),
        step.TryGetProperty("at", out _) ? Timestamp.Parse(Text(step, "at")).ToString() : null,
        step.TryGetProperty("principal", out _) ? Text(step, "principal") : "alice",
        step.TryGetProperty("roles", out var roles) ? [.. roles.EnumerateArray().Select(r => r.GetString() ?? throw new FormatException("A role is no text.")).Order(StringComparer.Ordinal)] : [],
        Encoding.UTF8.GetString(Canonical(Member(step, "answer"))));

    private static JsonElement Member(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var member) ? member : throw new FormatException($"It lacks '{name}'.");

    private static string Text(JsonElement parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : throw new FormatException($"'{name}' is no text.");

    private static byte[] Canonical(JsonElement json) => CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(json.GetRawText()));
}
