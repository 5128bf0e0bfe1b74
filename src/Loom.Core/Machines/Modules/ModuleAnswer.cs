using System.Runtime.InteropServices;
using System.Text.Json;

namespace Loom.Core;

/// <summary>
/// What a WebAssembly machine's output frame says, read in the one way that hosts and verifiers share: events become RFC 8785 bytes, and
/// whatever the interface does not promise is a named mistake.
/// </summary>
public abstract record ModuleAnswer
{
    private const int MaxTypeLength = 128;
    private const int MaxCodeLength = 128;
    private const int MaxMessageLength = 4096;

    private ModuleAnswer()
    {
    }

    /// <summary>The command is accepted.</summary>
    /// <param name="State">The state, as the module gave it.</param>
    /// <param name="Events">What happened, in canonical form; maybe nothing.</param>
    public sealed record Accepted(ReadOnlyMemory<byte> State, IReadOnlyList<EmittedEvent> Events) : ModuleAnswer;

    /// <summary>The machine says no.</summary>
    /// <param name="Rejection">Why.</param>
    public sealed record Rejected(Rejection Rejection) : ModuleAnswer;

    /// <summary>The output is not what the interface promises: the module is faulty.</summary>
    /// <param name="Code"><c>module-output-invalid</c>, <c>module-output-too-large</c> or <c>reserved-event-type</c>.</param>
    /// <param name="Reason">What is wrong, as the end of a sentence.</param>
    public sealed record Malformed(string Code, string Reason) : ModuleAnswer;

    /// <summary>Reads the parts of an output frame.</summary>
    /// <param name="accepted">Whether the status is 0.</param>
    /// <param name="state">The state; of a rejection its JSON.</param>
    /// <param name="events">The events.</param>
    public static ModuleAnswer Read(bool accepted, ReadOnlyMemory<byte> state, ReadOnlyMemory<byte> events)
    {
        if (!accepted)
        {
            return ReadRejection(state);
        }

        if (state.Length > ModuleBounds.MaxStateBytes)
        {
            return TooLarge($"a state of {state.Length} bytes; at most {ModuleBounds.MaxStateBytes} are taken");
        }

        if (events.Length > ModuleBounds.MaxEventsBytes)
        {
            return TooLarge($"events of {events.Length} bytes; at most {ModuleBounds.MaxEventsBytes} are taken");
        }

        try
        {
            // Canonical as a whole first: that finds broken UTF-8, duplicate members and numbers that cannot be kept, wherever they are.
            using var document = JsonDocument.Parse(CanonicalJson.Canonicalize(events));
            return ReadEvents(state, document.RootElement);
        }
        catch (FormatException e)
        {
            return Invalid($"events that cannot be taken: {e.Message}");
        }
    }

    private static ModuleAnswer ReadEvents(ReadOnlyMemory<byte> state, JsonElement array)
    {
        if (array.ValueKind != JsonValueKind.Array)
        {
            return Invalid("events that are no JSON array");
        }

        if (array.GetArrayLength() > TransitionWriter.MaxEvents)
        {
            return TooLarge($"{array.GetArrayLength()} events; one transition has at most {TransitionWriter.MaxEvents}");
        }

        var events = new List<EmittedEvent>(array.GetArrayLength());
        foreach (var item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object || item.GetPropertyCount() != 2
                || !item.TryGetProperty("type", out var name) || name.ValueKind != JsonValueKind.String || !item.TryGetProperty("data", out var data))
            {
                return Invalid($"an event (number {events.Count + 1}) that is not {{\"type\": text, \"data\": any}}");
            }

            var type = name.GetString()!;
            if (!IsText(type, MaxTypeLength))
            {
                return Invalid($"an event (number {events.Count + 1}) whose type is not 1 to {MaxTypeLength} printable characters");
            }

            if (type.StartsWith("loom.", StringComparison.Ordinal) || type.StartsWith('$'))
            {
                return new Malformed("reserved-event-type", $"an event '{type}'; names that begin with loom. or $ are reserved");
            }

            events.Add(new EmittedEvent(type, EventData.Json, JsonMarshal.GetRawUtf8Value(data).ToArray()));
        }

        return new Accepted(state, events);
    }

    private static ModuleAnswer ReadRejection(ReadOnlyMemory<byte> json)
    {
        if (json.Length > 4 * (MaxCodeLength + MaxMessageLength))
        {
            return TooLarge($"a rejection of {json.Length} bytes");
        }

        try
        {
            using var document = JsonDocument.Parse(CanonicalJson.Canonicalize(json));
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.GetPropertyCount() == 2
                && root.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.String && IsText(code.GetString(), MaxCodeLength)
                && root.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String && IsText(message.GetString(), MaxMessageLength))
            {
                return new Rejected(new Rejection(code.GetString()!, message.GetString()!));
            }

            return Invalid($"a rejection that is not {{\"code\": text, \"message\": text}} of 1 to {MaxCodeLength} and {MaxMessageLength} printable characters");
        }
        catch (FormatException e)
        {
            return Invalid($"a rejection that cannot be taken: {e.Message}");
        }
    }

    private static bool IsText(string? text, int max) => text is { Length: > 0 } && text.Length <= max && !text.Any(char.IsControl);

    private static Malformed Invalid(string reason) => new("module-output-invalid", reason);

    private static Malformed TooLarge(string reason) => new("module-output-too-large", reason);
}
