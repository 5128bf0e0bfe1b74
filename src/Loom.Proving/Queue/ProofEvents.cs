using System.Text.Json;
using System.Text.Json.Serialization;
using Loom.Core;

namespace Loom.Proving;

/// <summary>What happens in <c>loom.proofs</c>; each kind is an event type of its own.</summary>
internal abstract record ProofEvent(Digest Link, Timestamp At)
{
    private const string Prefix = "loom.proofs.";

    /// <summary>A policy was asked about a transition.</summary>
    public sealed record Decided(Digest Link, Timestamp At, StreamName Stream, long Revision, long LastRevision, ulong Position, string ActorType, MachineId Machine, bool Prove, string Reason, string Policy, string Set) : ProofEvent(Link, At);

    /// <summary>Somebody asked for a proof.</summary>
    public sealed record Requested(Digest Link, Timestamp At, StreamName Stream, long Revision, string ActorType, MachineId Machine, string Set, string By) : ProofEvent(Link, At);

    /// <summary>A prover is given the job.</summary>
    public sealed record Started(Digest Link, Timestamp At, int Attempt) : ProofEvent(Link, At);

    /// <summary>It did not succeed this time.</summary>
    public sealed record Waiting(Digest Link, Timestamp At, Timestamp Until, string Code, string Reason, bool Counts) : ProofEvent(Link, At);

    /// <summary>It will not succeed unless something changes.</summary>
    public sealed record Parked(Digest Link, Timestamp At, string Code, string Reason) : ProofEvent(Link, At);

    /// <summary>The receipt is in the journal.</summary>
    public sealed record Attached(Digest Link, Timestamp At, long Receipt, Digest Seal, long Bytes, Digest ImageId, long Cycles, long Milliseconds) : ProofEvent(Link, At);

    /// <summary>Somebody called it off.</summary>
    public sealed record Cancelled(Digest Link, Timestamp At, string By) : ProofEvent(Link, At);

    /// <summary>Somebody wants it tried anew.</summary>
    public sealed record Retried(Digest Link, Timestamp At, string By) : ProofEvent(Link, At);

    /// <summary>As an event; <paramref name="number"/> tells apart those of one job.</summary>
    public EventData ToEvent(int number)
    {
        var name = GetType().Name.ToLowerInvariant();
        var body = CanonicalJson.Canonicalize(JsonSerializer.SerializeToUtf8Bytes(this, GetType(), ProofJson.Default));
        return new EventData(UuidV5.Create(UuidV5.EventNamespace, $"{ProofQueue.Stream.Value}\n{Link}:{name}\n{number}"), Prefix + name, EventData.Json, body, ReadOnlyMemory<byte>.Empty);
    }

    /// <summary>Null for an event of another version of Loom, which says nothing to this one.</summary>
    /// <exception cref="FormatException">The body is not what the type says.</exception>
    public static ProofEvent? Read(RecordedEvent e)
    {
        Type? type = e.Type switch
        {
            Prefix + "decided" => typeof(Decided),
            Prefix + "requested" => typeof(Requested),
            Prefix + "started" => typeof(Started),
            Prefix + "waiting" => typeof(Waiting),
            Prefix + "parked" => typeof(Parked),
            Prefix + "attached" => typeof(Attached),
            Prefix + "cancelled" => typeof(Cancelled),
            Prefix + "retried" => typeof(Retried),
            _ => null,
        };
        try
        {
            return type is null ? null : (ProofEvent?)JsonSerializer.Deserialize(e.Data.Span, type, ProofJson.Default) ?? throw new FormatException("it is null");
        }
        catch (Exception ex) when (ex is JsonException or FormatException)
        {
            throw new FormatException($"{e.Stream} at revision {e.Revision} is no '{e.Type}': {ex.Message} Restore the journal from a backup.", ex);
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true,
    Converters = [typeof(DigestJson), typeof(StreamNameJson), typeof(MachineIdJson), typeof(PositionJson)])]
[JsonSerializable(typeof(ProofEvent.Decided))]
[JsonSerializable(typeof(ProofEvent.Requested))]
[JsonSerializable(typeof(ProofEvent.Started))]
[JsonSerializable(typeof(ProofEvent.Waiting))]
[JsonSerializable(typeof(ProofEvent.Parked))]
[JsonSerializable(typeof(ProofEvent.Attached))]
[JsonSerializable(typeof(ProofEvent.Cancelled))]
[JsonSerializable(typeof(ProofEvent.Retried))]
[JsonSerializable(typeof(CursorBody))]
[JsonSerializable(typeof(ImageBody))]
internal sealed partial class ProofJson : JsonSerializerContext;
