using Loom.Core;
using Microsoft.AspNetCore.Http;

namespace Loom.EventStoreDb;

/// <summary>How a journal is served.</summary>
public sealed record EventStoreDbServerOptions
{
    /// <summary>
    /// Says who calls, by the request's headers and connection. Null: credentials were given and are wrong.
    /// Without credentials <see cref="EventStoreCaller.Anonymous"/>.
    /// </summary>
    public required Func<HttpContext, ValueTask<EventStoreCaller?>> Authenticate { get; init; }

    /// <summary>Whether a stream's type is registered with the host; one whose first event carries a link is an actor stream without that.</summary>
    public Func<StreamName, bool> IsActorStream { get; init; } = _ => false;

    /// <summary>Why nothing is appended now, with the remedy; null when it is.</summary>
    public Func<string?> ReadOnly { get; init; } = () => null;

    /// <summary>Where clients that look for a cluster are sent; null is the address that they asked.</summary>
    public (string Host, int Port)? Advertised { get; init; }

    /// <summary>Identifies this server among others.</summary>
    public Guid InstanceId { get; init; } = Guid.NewGuid();

    /// <summary>Longest that an append with a deadline may wait for its end; longer deadlines are cut to it.</summary>
    public TimeSpan AppendTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Name in the answers of <c>/info</c>.</summary>
    public string AuthenticationType { get; init; } = "internal";

    /// <summary>The clock of deadlines.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
