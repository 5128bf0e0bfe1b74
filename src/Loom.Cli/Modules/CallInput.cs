using System.Text;
using System.Text.Json;
using Loom.Core;

namespace Loom.Cli.Modules;

/// <summary>The parts of one call's input frame, made of what was typed.</summary>
internal sealed record CallInput(byte[] State, byte[] Command, MachineContext Context)
{
    private const int MostBytes = 8 << 20;
    private static readonly string[] Members = ["actor", "at", "commandId", "commandType", "principal", "revision", "roles"];

    public byte[] Frame() => Wasm.Frames.Encode(State, Command, Context.ToCanonicalJson());

    public static async Task<CallInput> ReadAsync(CallArguments arguments, CancellationToken cancellationToken)
    {
        var state = await BytesAsync(arguments.State ?? "", "a state", cancellationToken);
        var command = await BytesAsync(arguments.Command ?? "{}", "a command", cancellationToken);
        var context = await BytesAsync(arguments.Context ?? "{}", "a context", cancellationToken);
        return new CallInput(state, CanonicalCommand(arguments.Command, command), ContextOf(context, arguments.Type));
    }

    private static async Task<byte[]> BytesAsync(string typed, string what, CancellationToken cancellationToken) =>
        typed.StartsWith('@') ? await BoundedFile.RequireAsync(typed[1..], what, MostBytes, cancellationToken) : Encoding.UTF8.GetBytes(typed);

    // A file may hold a command that is no JSON; what is typed as one has to be.
    private static byte[] CanonicalCommand(string? typed, byte[] command)
    {
        try
        {
            return CanonicalJson.Canonicalize(command);
        }
        catch (FormatException) when (typed?.StartsWith('@') == true)
        {
            return command;
        }
        catch (FormatException e)
        {
            throw new CliException(ExitCodes.Malformed, "--command is no JSON that Loom takes.", e.Message, "Quote it for your shell, for example --command '{\"by\":1}'; bytes that are no JSON come as @FILE.");
        }
    }

    private static MachineContext ContextOf(byte[] json, string? type)
    {
        try
        {
            using var document = JsonDocument.Parse(CanonicalJson.Canonicalize(json));
            var given = document.RootElement;
            if (given.ValueKind != JsonValueKind.Object)
            {
                throw new FormatException("It is no JSON object.");
            }

            if (given.EnumerateObject().FirstOrDefault(m => !Members.Contains(m.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } other)
            {
                throw new FormatException($"A context has no member '{other.Name}'; it has {string.Join(", ", Members)}.");
            }

            var named = Text(given, "commandType");
            if (named is not null && type is not null && named != type)
            {
                throw new FormatException($"Its commandType is '{named}', and --type says '{type}'.");
            }

            return new MachineContext(
                Text(given, "actor") ?? "module-1",
                Text(given, "at") is { } at ? Timestamp.Parse(at) : new Timestamp(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)),
                Text(given, "commandId") ?? "command-1", named ?? type ?? "", Text(given, "principal") ?? "alice", Revision(given), Roles(given));
        }
        catch (FormatException e)
        {
            throw new CliException(ExitCodes.Malformed, "--context is no context.", e.Message, "For example --context '{\"principal\":\"bob\",\"roles\":[\"clerk\"]}'.");
        }
    }

    private static string? Text(JsonElement given, string name) => !given.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw new FormatException($"Its {name} is no text.");

    private static long Revision(JsonElement given) => !given.TryGetProperty("revision", out var value) ? 0
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var revision) && revision >= 0 ? revision
        : throw new FormatException("Its revision is no whole number from 0 up.");

    private static string[] Roles(JsonElement given) => !given.TryGetProperty("roles", out var value) ? []
        : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(r => r.ValueKind == JsonValueKind.String) ? [.. value.EnumerateArray().Select(r => r.GetString()!).Order(StringComparer.Ordinal)]
        : throw new FormatException("Its roles are no array of texts.");
}
