using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Loom.Core;

namespace Loom.Runtime.Import;

/// <summary>Sends an import's commands: waits while the runtime is busy, gives up when it takes no commands at all.</summary>
internal sealed class ImportChannel(ActorId import, string principal, SendCommand send, TimeProvider time)
{
    private const int Patience = 40;

    public ActorId Import => import;

    /// <summary>A command to the import's own actor.</summary>
    public async Task<CommandReply> OwnAsync<T>(string id, string type, T body, JsonTypeInfo<T> json, CancellationToken cancellationToken)
    {
        var command = new ActorCommand
        {
            Actor = import,
            Type = type,
            Id = CommandId.Parse($"{import}:{id}"),
            Body = CanonicalJson.Canonicalize(JsonSerializer.SerializeToUtf8Bytes(body, json)),
            Principal = principal,
        };
        return await SendAsync(command, cancellationToken).ConfigureAwait(false) switch
        {
            // A run that was cut off recorded these refusals in its own words; they stand.
            CommandReply.Refused { Code: "command-id-reused" } r when type == "record-refusals" => r,
            CommandReply.Refused r => throw new ImportException($"{import} cannot record '{type}': {r.Message}"),
            CommandReply.Rejected r => throw new ImportException($"{import} rejects '{type}': {r.Message}"),
            var reply => reply,
        };
    }

    /// <summary>A command of a case.</summary>
    public Task<CommandReply> StepAsync(ActorId actor, string id, MappedCommand command, long revision, CancellationToken cancellationToken) =>
        SendAsync(
            new ActorCommand
            {
                Actor = actor,
                Type = command.Type,
                Id = CommandId.Parse(id),
                Body = command.Body,
                Principal = command.Principal,
                Roles = command.Roles,
                Correlation = import.ToString(),
                ExpectedRevision = revision,
            },
            cancellationToken);

    private async Task<CommandReply> SendAsync(ActorCommand command, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var reply = await send(command, cancellationToken).ConfigureAwait(false);
            switch (reply)
            {
                case CommandReply.Refused { Kind: RefusalKind.Busy } r:
                    await Task.Delay(r.RetryAfter ?? TimeSpan.FromMilliseconds(100), time, cancellationToken).ConfigureAwait(false);
                    break;
                case CommandReply.Refused { Kind: RefusalKind.Unavailable } r when tries < Patience:
                    await Task.Delay(r.RetryAfter ?? TimeSpan.FromMilliseconds(250), time, cancellationToken).ConfigureAwait(false);
                    break;
                case CommandReply.Refused { Kind: RefusalKind.Unavailable or RefusalKind.NotFound or RefusalKind.Forbidden } r:
                    throw new ImportException($"The import stops at {command.Actor}: {r.Message} Start it again to go on.");
                default:
                    return reply;
            }
        }
    }
}
