using System.Diagnostics;
using Loom.Core;
using Loom.Journal;
using Microsoft.Extensions.Logging;

namespace Loom.Runtime;

/// <summary>How the attempt to make a transition durable ended.</summary>
internal abstract record AppendOutcome
{
    /// <summary>It is in the stream, and it is the last.</summary>
    public sealed record Durable : AppendOutcome;

    /// <summary>It is in the stream, and another owner wrote after it.</summary>
    public sealed record DurableThenFencedOff : AppendOutcome;

    /// <summary>Others wrote first, with smaller fences: the memory is up to date, decide again.</summary>
    public sealed record Conflict : AppendOutcome;

    /// <summary>Another owner with a fence not smaller wrote first: this activation is over.</summary>
    public sealed record FencedOff : AppendOutcome;

    /// <summary>The journal took nothing, and says why.</summary>
    public sealed record Refused(CommandReply.Refused Reply) : AppendOutcome;

    /// <summary>Neither the append nor a look at the stream told.</summary>
    public sealed record Unknown : AppendOutcome;
}

/// <summary>Appends at the exact revision and finds out what became of it, whatever the journal answers.</summary>
internal sealed class DurableAppend(StreamName stream, Machine machine, ActorMemory memory, long fence, ActivationServices services)
{
    private const int MaxTries = 3;

    public async Task<AppendOutcome> AppendAsync(WrittenTransition written, MachineState state)
    {
        var expected = ExpectedRevision.After(memory.Revision);
        using var span = LoomTelemetry.Activities.HasListeners() ? StartSpan(written) : null;
        for (var tries = 1; ; tries++)
        {
            AppendResult? result = null;
            var started = services.Time.GetTimestamp();
            try
            {
                result = await services.Journal.AppendAsync(stream, expected, written.Events, CancellationToken.None);
                services.Metrics.Appended(services.Time.GetElapsedTime(started));
            }
            catch (JournalException e) when (e.Failure is JournalFailure.Refused or JournalFailure.DiskFull or JournalFailure.ReadOnly or JournalFailure.InUse or JournalFailure.StreamDeleted)
            {
                return new AppendOutcome.Refused(RefusalOf(e));
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                services.Log.LogWarning(e, "The outcome of an append to {Stream} is unknown; the stream is read.", stream.Value);
                services.Metrics.OutcomeUnknown();
            }

            if (result is AppendResult.Appended { Repeated: false })
            {
                memory.Advance(written.Link, state);
                return new AppendOutcome.Durable();
            }

            // A conflict, a repeat (whose bytes may be another owner's: it was only told apart by ids), or no answer at all:
            // the stream itself says what happened.
            if (await LookAsync(written) is { } outcome)
            {
                return outcome;
            }

            if (result is not null || tries == MaxTries)
            {
                return new AppendOutcome.Unknown();
            }

            // Nothing is there. The very same bytes again: should the first attempt still land, this one is its repeat.
        }
    }

    /// <summary>Whether the memory is what the stream holds. Null: it is. Else it has been brought up to date, or this owner is over.</summary>
    public async Task<AppendOutcome?> RefreshAsync() =>
        await services.Journal.LastRevisionAsync(stream, CancellationToken.None) == memory.Revision ? null : await LookAsync(null);

    // Under the command's own span, which the link names: the pump that appends has no span of its own.
    private static Activity? StartSpan(WrittenTransition written) =>
        ActivityContext.TryParse(written.Link.Traceparent, null, out var parent)
            ? LoomTelemetry.Activities.StartActivity($"append {written.Link.Stream}", ActivityKind.Internal, parent)?
                .SetTag("loom.revision", written.Link.Revision).SetTag("loom.events", written.Link.Count)
            : null;

    // Null: the stream has nothing new.
    private async Task<AppendOutcome?> LookAsync(WrittenTransition? written)
    {
        List<Link> links;
        try
        {
            links = await services.Loader.CatchUpAsync(stream, machine, memory, CancellationToken.None);
        }
        catch (Exception e) when (e is not HistoryException and not OutOfMemoryException)
        {
            services.Log.LogWarning(e, "{Stream} could not be read after an append of unknown outcome.", stream.Value);
            return new AppendOutcome.Unknown();
        }

        if (links.Count == 0)
        {
            return null;
        }

        var own = written is not null && links.Exists(link => link.Hash == written.Link.Hash);
        var last = links[^1];
        if (own && last.Hash == written!.Link.Hash)
        {
            return new AppendOutcome.Durable();
        }

        services.Metrics.Conflicted();
        if (last.Fence >= fence || last.Machine != machine.Manifest.Machine)
        {
            services.Metrics.FencedOff();
            return own ? new AppendOutcome.DurableThenFencedOff() : new AppendOutcome.FencedOff();
        }

        return own ? new AppendOutcome.Durable() : new AppendOutcome.Conflict();
    }

    private CommandReply.Refused RefusalOf(JournalException e) => e.Failure switch
    {
        JournalFailure.Refused => new(RefusalKind.Invalid, "journal-refused", e.Message),
        JournalFailure.StreamDeleted => new(RefusalKind.Invalid, "stream-deleted", e.Message),
        JournalFailure.DiskFull => new(RefusalKind.Unavailable, "disk-full", e.Message, TimeSpan.FromSeconds(30)),
        JournalFailure.ReadOnly => new(RefusalKind.Unavailable, "read-only", e.Message, TimeSpan.FromSeconds(30)),
        _ => new(RefusalKind.Unavailable, "journal-in-use", e.Message, services.Options.RetryAfter),
    };
}
