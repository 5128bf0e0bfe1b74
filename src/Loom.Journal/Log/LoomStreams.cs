using System.Security.Cryptography;
using Loom.Core;

namespace Loom.Journal.Log;

/// <summary>
/// Loom's own linked streams (<c>loom.keys</c>, <c>loom.audit</c>, <c>loom.modules</c>, <c>loom.receipts-STREAM</c>,
/// <c>loom.attestations</c>): each act is a transition of the machine <c>dotnet:loom@1</c> with an empty state, hence a leaf of the log.
/// </summary>
/// <param name="journal">Where they live.</param>
/// <param name="time">The clock behind <c>at</c>.</param>
/// <param name="random">Fills transition salts; null is the system's generator. Never predictable outside tests.</param>
public sealed class LoomStreams(IJournal journal, TimeProvider time, Func<int, byte[]>? random = null)
{
    /// <summary>Key registrations, rotations, revocations.</summary>
    public static StreamName Keys { get; } = StreamName.Parse("loom.keys");

    /// <summary>Administrative acts.</summary>
    public static StreamName Audit { get; } = StreamName.Parse("loom.audit");

    /// <summary>Registered types, modules and image ids.</summary>
    public static StreamName Modules { get; } = StreamName.Parse("loom.modules");

    /// <summary>Attestations.</summary>
    public static StreamName Attestations { get; } = StreamName.Parse("loom.attestations");

    /// <summary>The leaves' order.</summary>
    public static StreamName Log { get; } = StreamName.Parse("loom.log");

    /// <summary>Signed checkpoints.</summary>
    public static StreamName Checkpoints { get; } = StreamName.Parse("loom.checkpoints");

    private const string ReceiptsPrefix = "loom.receipts-";
    private const string ActorType = "loom@1";

    /// <summary>The stream of an actor's receipts.</summary>
    public static StreamName Receipts(StreamName stream) => StreamName.Parse(ReceiptsPrefix + stream.Value);

    /// <summary>Whether a stream of Loom's holds transitions, so that its links are leaves.</summary>
    public static bool IsLinked(StreamName stream) =>
        stream == Keys || stream == Audit || stream == Modules || stream == Attestations
        || stream.Value.StartsWith(ReceiptsPrefix, StringComparison.Ordinal);

    /// <summary>Appends an act after whatever is there, trying again when somebody else was faster.</summary>
    /// <param name="stream">One of the linked streams.</param>
    /// <param name="act">The act's name, letters only; the event's type is <c>loom.audit.ACT</c> and so on.</param>
    /// <param name="body">What was done: JSON, made canonical here.</param>
    /// <param name="principal">Who did it.</param>
    /// <param name="commandId">The act's id; null takes a new one.</param>
    /// <param name="cancellationToken">Cancels before the append is handed over.</param>
    /// <exception cref="FormatException">The body is no I-JSON, or the stream's last event carries no valid link.</exception>
    /// <exception cref="JournalException">The journal takes no writes.</exception>
    public async Task<Link> AppendAsync(
        StreamName stream, string act, ReadOnlyMemory<byte> body, string principal, CommandId? commandId, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await TryAppendAsync(stream, await LastAsync(stream, cancellationToken).ConfigureAwait(false), act, body, principal, commandId, cancellationToken)
                    .ConfigureAwait(false) is { } link)
            {
                return link;
            }
        }
    }

    /// <summary>
    /// Appends an act directly after <paramref name="previous"/>: for who has read everything up to there, and decided on it.
    /// </summary>
    /// <returns>The act's link; null when something else stands there by now.</returns>
    /// <exception cref="FormatException">The body is no I-JSON.</exception>
    /// <exception cref="JournalException">The journal takes no writes.</exception>
    public async Task<Link?> TryAppendAsync(
        StreamName stream, Link? previous, string act, ReadOnlyMemory<byte> body, string principal, CommandId? commandId, CancellationToken cancellationToken)
    {
        if (!IsLinked(stream))
        {
            throw new ArgumentException($"{stream} is not one of Loom's linked streams.", nameof(stream));
        }

        var canonical = CanonicalJson.Canonicalize(body);
        var type = TypeOf(stream, act);
        var now = new Timestamp(time.GetUtcNow());
        var written = TransitionWriter.Write(new TransitionDraft
        {
            Stream = stream,
            Previous = previous,
            ActorType = ActorType,
            Machine = MachineId.Loom,
            CommandId = commandId ?? CommandId.Parse(Guid.NewGuid().ToString("D")),
            CommandType = type,
            Command = canonical,
            Principal = principal,
            Events = [new EmittedEvent(type, EventData.Json, canonical)],
            State = ReadOnlyMemory<byte>.Empty,
            Fence = previous?.Fence ?? 1,
            At = previous is null ? now : Timestamp.Max(now, previous.At),
            Salt = random is null ? RandomNumberGenerator.GetBytes(Salts.Size) : random(Salts.Size),
        });
        var expected = ExpectedRevision.After(previous?.LastRevision ?? -1);
        return await journal.AppendAsync(stream, expected, written.Events, cancellationToken).ConfigureAwait(false) switch
        {
            AppendResult.Appended { Repeated: false } => written.Link,

            // An earlier append of this act stands there, with its own salt.
            AppendResult.Appended => await LastAsync(stream, cancellationToken).ConfigureAwait(false),
            _ => null,
        };
    }

    /// <summary>The type of the event (and command) of an act.</summary>
    internal static string TypeOf(StreamName stream, string act) =>
        (stream.Value.StartsWith(ReceiptsPrefix, StringComparison.Ordinal) ? "loom.receipts" : stream.Value) + "." + act;

    private async Task<Link?> LastAsync(StreamName stream, CancellationToken cancellationToken)
    {
        await foreach (var e in journal.ReadStreamAsync(stream, Direction.Backwards, long.MaxValue, 1, cancellationToken).ConfigureAwait(false))
        {
            return TransitionReader.ReadLink(e) ?? throw new FormatException($"{stream} at revision {e.Revision}: its last event carries no link.");
        }

        return null;
    }
}
