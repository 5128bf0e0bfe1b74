using System.Text.Json;
using Loom.Core;

namespace Loom.Runtime;

/// <summary>Turns effects into the commands that carry them out. Ids follow from the effect's event id, so doing it twice is doing it once.</summary>
internal static class EffectCommands
{
    /// <summary>The command of a send effect; null and why, when its body names none.</summary>
    public static ActorCommand? OfSend(Effect effect, out string? problem)
    {
        problem = null;
        try
        {
            using var body = JsonDocument.Parse(effect.Event.Data);
            var buffer = new System.Buffers.ArrayBufferWriter<byte>(256);
            CanonicalJson.Write(new CanonicalJsonWriter(buffer), body.RootElement.GetProperty("data"));
            return new ActorCommand
            {
                Actor = ActorId.Parse(body.RootElement.GetProperty("to").GetString()!),
                Type = body.RootElement.GetProperty("command").GetString()!,
                Id = UuidV5.DerivedCommand(effect.Event.Id.ToString("D")),
                Body = buffer.WrittenSpan.ToArray(),
                Principal = $"actor:{effect.Event.Stream.Value}",
                Correlation = effect.Link.Correlation,
                Causation = effect.Event.Id.ToString("D"),
                Traceparent = effect.Link.Traceparent,
            };
        }
        catch (Exception e) when (e is JsonException or FormatException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            problem = e.Message;
            return null;
        }
    }

    public static ActorCommand OfTimer(PendingTimer timer) => new()
    {
        Actor = timer.Actor,
        Type = PendingTimers.TimerFired,
        Id = timer.CommandId,
        Body = timer.Body,
        Principal = Decider.RuntimePrincipal,
        Correlation = timer.Correlation,
        Causation = timer.EffectId.ToString("D"),
    };
}
