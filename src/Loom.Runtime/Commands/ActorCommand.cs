using Loom.Core;
using MediatR;

namespace Loom.Runtime;

/// <summary>A command on its way to an actor: what an edge (HTTP, console, CLI) builds, and what the pipeline carries.</summary>
public sealed record ActorCommand : IRequest<CommandReply>
{
    /// <summary>Who is to do it.</summary>
    public required ActorId Actor { get; init; }

    /// <summary>The command's name, as the machine declares it.</summary>
    public required string Type { get; init; }

    /// <summary>The sender's id. The same id with the same body is the same command and is done once.</summary>
    public required CommandId Id { get; init; }

    /// <summary>The kind of body.</summary>
    public string ContentType { get; init; } = EventData.Json;

    /// <summary>The body. JSON need not be canonical: the pipeline makes it so.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Who asks, as the edge authenticated it.</summary>
    public required string Principal { get; init; }

    /// <summary>The caller's application roles, in any order.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>The conversation it belongs to, or null.</summary>
    public string? Correlation { get; init; }

    /// <summary>What caused it, or null.</summary>
    public string? Causation { get; init; }

    /// <summary>W3C trace context of the caller, or null: then the pipeline's own span, if anybody listens.</summary>
    public string? Traceparent { get; init; }

    /// <summary>The actor's last revision as the caller saw it (−1: not born); anything else is refused. Null: do not care.</summary>
    public long? ExpectedRevision { get; init; }

    /// <summary>Whether the platform itself sends it: only then may names be reserved ones.</summary>
    internal bool FromRuntime { get; init; }

    /// <summary>Evidence behind it, which the link names by digest.</summary>
    internal IReadOnlyList<(string Kind, ReadOnlyMemory<byte> Bytes)> Inputs { get; init; } = [];

    /// <summary>The body in the form that is hashed; set by the validate behaviour.</summary>
    internal ReadOnlyMemory<byte> Canonical { get; set; }

    /// <summary>The roles sorted and without duplicates; set by the validate behaviour.</summary>
    internal IReadOnlyList<string> SortedRoles { get; set; } = [];

    /// <summary>The span that the trace behaviour started, in W3C form.</summary>
    internal string? OwnTraceparent { get; set; }
}
