using System.Buffers;
using System.Text.Json;
using Loom.Core;

namespace Loom.Runtime;

/// <summary>What an actor asked for, read from its event.</summary>
/// <param name="Activity">The name.</param>
/// <param name="Data">What it is given, canonical.</param>
internal sealed record ActivityRequest(string Activity, ReadOnlyMemory<byte> Data)
{
    /// <summary>Null when the body asks for no activity.</summary>
    public static ActivityRequest? Of(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var buffer = new ArrayBufferWriter<byte>(256);
            CanonicalJson.Write(new CanonicalJsonWriter(buffer), json.RootElement.GetProperty("data"));
            return new ActivityRequest(json.RootElement.GetProperty("activity").GetString()!, buffer.WrittenSpan.ToArray());
        }
        catch (Exception e) when (e is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}

/// <summary>
/// Turns what became of an activity into the one command that its actor gets. Both outcomes have the same id, which follows from the effect's
/// event: the first one that is journaled stands.
/// </summary>
internal static class ActivityOutcomes
{
    public const string Completed = "loom.activityCompleted";
    public const string Failed = "loom.activityFailed";
    private const string InputKind = "activity";
    private const int MaxMessage = 1000;

    /// <exception cref="FormatException">The result is no I-JSON.</exception>
    public static ActorCommand OfResult(PendingActivity activity, ActivityRequest request, ActivityResult result)
    {
        var body = new ArrayBufferWriter<byte>(512);
        var json = new CanonicalJsonWriter(body);
        json.StartObject();
        Start(json, request.Activity, null, null, request, activity);
        if (result.Evidence is { } evidence)
        {
            json.Name("evidence");
            json.String(Digest.Of(evidence.Span).ToString());
        }

        json.Name("result");
        json.Raw(CanonicalJson.Canonicalize(result.Data));
        json.EndObject();
        return Command(activity, Completed, body) with
        {
            Inputs = result.Evidence is { } bytes ? [(InputKind, bytes)] : [],
        };
    }

    public static ActorCommand OfFailure(PendingActivity activity, ActivityRequest? request, string code, string message)
    {
        var body = new ArrayBufferWriter<byte>(512);
        var json = new CanonicalJsonWriter(body);
        json.StartObject();
        Start(json, request?.Activity ?? "", activity.Attempts, code, request, activity);
        json.Name("message");
        json.String(Cut(message));
        json.EndObject();
        return Command(activity, Failed, body);
    }

    private static void Start(CanonicalJsonWriter json, string name, int? attempts, string? code, ActivityRequest? request, PendingActivity activity)
    {
        json.Name("activity");
        json.String(name);
        if (attempts is { } count)
        {
            json.Name("attempts");
            json.Integer(count);
            json.Name("code");
            json.String(Cut(code!));
        }

        json.Name("data");
        if (request is null)
        {
            json.Null();
        }
        else
        {
            json.Raw(request.Data.Span);
        }

        json.Name("effect");
        json.String(activity.EffectId.ToString("D"));
    }

    private static ActorCommand Command(PendingActivity activity, string type, ArrayBufferWriter<byte> body) => new()
    {
        Actor = activity.Actor,
        Type = type,
        Id = UuidV5.DerivedCommand(activity.EffectId.ToString("D")),
        Body = body.WrittenSpan.ToArray(),
        Principal = Decider.RuntimePrincipal,
        Correlation = activity.Correlation,
        Causation = activity.EffectId.ToString("D"),
    };

    // Text from outside: bounded, and without halves of characters.
    private static string Cut(string text)
    {
        text = text.Length > MaxMessage ? text[..MaxMessage] : text;
        return new string([.. text.Select((c, i) =>
            char.IsHighSurrogate(c) ? (i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) ? c : '\uFFFD')
            : char.IsLowSurrogate(c) ? (i > 0 && char.IsHighSurrogate(text[i - 1]) ? c : '\uFFFD')
            : c)]);
    }
}
