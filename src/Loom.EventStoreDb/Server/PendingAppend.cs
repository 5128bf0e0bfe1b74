using Loom.Core;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Messages;
using Loom.Journal;

namespace Loom.EventStoreDb.Server;

/// <summary>One append of a batch, as its parts come in. What is wrong with it is kept until its last part, and answered then.</summary>
internal sealed class PendingAppend
{
    private const int HeldPerEvent = 200; // the objects around its bytes

    private readonly List<EventData> _events = [];
    private readonly int _held;
    private long _size;

    private PendingAppend(BatchPart first, BatchOptions options, DateTimeOffset? deadline) =>
        (First, Options, Deadline, Wrong, _held) =
        (first with { Events = [] }, options, deadline, options.Wrong, first.CorrelationBytes.Length + (options.StreamBytes?.Length ?? 0));

    /// <summary>Its first part, for the ids as they were sent.</summary>
    public BatchPart First { get; }

    public BatchOptions Options { get; }

    /// <summary>When its caller stops waiting; null for never.</summary>
    public DateTimeOffset? Deadline { get; }

    public StreamName Stream => Options.Stream;

    public ExpectedRevision Expected => Options.Expected;

    public IReadOnlyList<EventData> Events => _events;

    /// <summary>What is wrong with it.</summary>
    public GrpcException? Wrong { get; private set; }

    /// <summary>About how many bytes it holds.</summary>
    public long Held => _held + (Wrong is null ? _size + ((long)HeldPerEvent * _events.Count) : 0);

    public static PendingAppend Begin(BatchPart first, BatchOptions options, DateTimeOffset now, TimeSpan longest) =>
        new(first, options, DeadlineOf(options, now, longest));

    public void Add(BatchPart part)
    {
        if (Wrong is not null)
        {
            return;
        }

        foreach (var e in part.Events)
        {
            _events.Add(e);
            if ((_size += e.Size) > AppendRules.MaxAppend)
            {
                Fail(Errors.TooLarge());
                return;
            }
        }

        if (part.Wrong is { } wrong)
        {
            Fail(wrong);
        }
    }

    private void Fail(GrpcException wrong)
    {
        Wrong = wrong;
        _events.Clear();
    }

    // Clients send years 9999 and durations of decades: never longer than the server waits.
    private static DateTimeOffset? DeadlineOf(BatchOptions options, DateTimeOffset now, TimeSpan longest)
    {
        if (options.Deadline is not var (sinceEpoch, seconds))
        {
            return null;
        }

        var left = sinceEpoch ? seconds - (now - DateTimeOffset.UnixEpoch).TotalSeconds : seconds;
        return now + (left >= longest.TotalSeconds ? longest : TimeSpan.FromSeconds(Math.Max(0, left)));
    }
}
