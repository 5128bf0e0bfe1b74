using Loom.Core;

namespace Loom.Runtime;

/// <summary>
/// Something that a host does outside the journal when an actor asks for it: a call, a mail, a payment. At least once: an activity may run again
/// after a crash, so what it does is keyed by <see cref="ActivityCall.IdempotencyKey"/>. C# delegates are activities
/// (<see cref="ActivityRegistry"/>); WASM modules with capabilities implement this port too. Thread-safe.
/// </summary>
public interface IActivity
{
    /// <summary>How often it is tried, and how long each time.</summary>
    ActivityPolicy Policy { get; }

    /// <summary>Does it. The token is cancelled when the attempt has lasted too long or this host is no longer in charge.</summary>
    /// <exception cref="ActivityException">It did not work; the exception says whether trying again makes sense. Any other exception: it does.</exception>
    Task<ActivityResult> RunAsync(ActivityCall call, CancellationToken cancellationToken);
}

/// <summary>One attempt at an activity.</summary>
public sealed record ActivityCall
{
    /// <summary>The name that the actor asked for.</summary>
    public required string Activity { get; init; }

    /// <summary>What the actor gave, as RFC 8785 JSON.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Id of the event that asks: the same for every attempt, on every host, and different for everything else ever asked.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>Who asks.</summary>
    public required ActorId Actor { get; init; }

    /// <summary>Which attempt this is, from 1. A host that takes over may count anew.</summary>
    public required int Attempt { get; init; }

    /// <summary>The conversation it belongs to, or null.</summary>
    public string? Correlation { get; init; }
}

/// <summary>What came of an activity.</summary>
/// <param name="Data">The result as JSON; the actor gets it in RFC 8785 form.</param>
public sealed record ActivityResult(ReadOnlyMemory<byte> Data)
{
    /// <summary>
    /// What the result was drawn from, for example the whole answer of a server: kept as a blob in <c>activities</c>, named by its SHA-256 in the
    /// outcome and bound to its link. Null for none.
    /// </summary>
    public ReadOnlyMemory<byte>? Evidence { get; init; }
}

/// <summary>An activity did not work.</summary>
/// <param name="code">Stable, lower-case, hyphenated; journaled when the activity is given up.</param>
/// <param name="message">One sentence for people, journaled too: no secrets.</param>
/// <param name="retry">Whether trying again can help.</param>
/// <param name="inner">The cause; logged, not journaled.</param>
public sealed class ActivityException(string code, string message, bool retry = true, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What programs look at.</summary>
    public string Code { get; } = code;

    /// <summary>Whether trying again can help.</summary>
    public bool Retry { get; } = retry;
}
