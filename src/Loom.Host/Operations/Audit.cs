using System.Text.Json;
using Loom.Hosting.Access;
using Loom.Hosting.Problems;
using Loom.Journal;
using Loom.Journal.Log;

namespace Loom.Hosting.Operations;

/// <summary>Journals administrative acts in <c>loom.audit</c>, with who and what, before they are answered.</summary>
internal sealed partial class Audit(LoomStreams streams, HostState state, ILogger<Audit> log)
{
    /// <param name="caller">Who.</param>
    /// <param name="act">What, letters only, for example <c>tokenCreated</c>.</param>
    /// <param name="subject">On what; never a secret.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RefusedException">The host serves read-only: nothing can be journaled, so nothing is done.</exception>
    public async Task WriteAsync(Caller caller, string act, string subject, CancellationToken cancellationToken)
    {
        RequireWritable();
        var body = JsonSerializer.SerializeToUtf8Bytes(new AuditEntry(subject, caller.Roles, caller.ByToken ? "token" : "loopback"), AuditJson.Default.AuditEntry);
        await streams.AppendAsync(LoomStreams.Audit, act, body, caller.Principal, null, cancellationToken);
        Acted(log, caller.Principal, act, subject);
    }

    /// <summary>For acts that must succeed also where nothing can be journaled: then the host's log has them.</summary>
    public async Task TryWriteAsync(Caller caller, string act, string subject)
    {
        try
        {
            await WriteAsync(caller, act, subject, CancellationToken.None);
        }
        catch (Exception e) when (e is RefusedException or JournalException)
        {
            NotJournaled(log, caller.Principal, act, subject, e.Message);
        }
    }

    /// <exception cref="RefusedException">The host serves read-only.</exception>
    public void RequireWritable()
    {
        if (state.ReadOnly is { } why)
        {
            throw new RefusedException(new Refusal(503, "read-only", why));
        }
    }

    [LoggerMessage(2, LogLevel.Warning, "{Principal} did {Act}: {Subject}; this is not in loom.audit. {Reason}")]
    private static partial void NotJournaled(ILogger log, string principal, string act, string subject, string reason);

    [LoggerMessage(1, LogLevel.Information, "{Principal} did {Act}: {Subject}")]
    private static partial void Acted(ILogger log, string principal, string act, string subject);
}

/// <summary>The body of an audit event.</summary>
internal sealed record AuditEntry(string Subject, IReadOnlyList<string> Roles, string Authentication);

[System.Text.Json.Serialization.JsonSourceGenerationOptions(PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.CamelCase)]
[System.Text.Json.Serialization.JsonSerializable(typeof(AuditEntry))]
internal sealed partial class AuditJson : System.Text.Json.Serialization.JsonSerializerContext;
