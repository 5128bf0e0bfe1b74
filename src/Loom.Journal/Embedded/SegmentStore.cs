using Loom.Journal.Embedded;
using Microsoft.Extensions.Logging;

namespace Loom.Journal.Embedded;

/// <summary>The segment files in a folder: opening and recovery, writing at the end, beginning new ones, sealing old ones.</summary>
internal sealed class SegmentStore : IDisposable
{
    private readonly SegmentedJournalOptions _options;
    private readonly IDisposable? _lock;
    private readonly Lock _gate = new();
    private readonly List<Task> _sealing = [];
    private volatile Durable _durable;
    private long _written;

    private SegmentStore(SegmentedJournalOptions options, IDisposable? @lock, Durable durable, bool endsOrderly, JournalRecovery? recovery)
    {
        (_options, _lock, _durable, EndsOrderly, Recovery) = (options, @lock, durable, endsOrderly, recovery);
        _written = durable.Segments.Length == 0 ? 0 : (long)(durable.End - Active.Start);
    }

    public string Directory => _options.Directory;

    public Durable Durable => _durable;

    /// <summary>Where the next record goes.</summary>
    public ulong End => _durable.End;

    /// <summary>Whether the last thing written is the mark of an orderly end (or nothing was ever written).</summary>
    public bool EndsOrderly { get; private set; }

    /// <summary>A new segment was begun and may exist: nothing more may go into the old one.</summary>
    public bool MustRoll { get; private set; }

    /// <summary>What opening cut off; null when nothing was.</summary>
    public JournalRecovery? Recovery { get; }

    private Segment Active => _durable.Segments[^1];

    /// <exception cref="JournalException">In use, damaged, or the folder cannot be written.</exception>
    public static SegmentStore Open(SegmentedJournalOptions options)
    {
        IDisposable? held = null;
        try
        {
            held = options.ReadOnly ? null : TakeLock(options);
            var opening = new SegmentOpening(options);
            var durable = opening.Open();
            return new SegmentStore(options, held, durable, opening.EndsOrderly, opening.Cut);
        }
        catch (Exception e)
        {
            held?.Dispose();
            throw e switch
            {
                UnauthorizedAccessException => new JournalException(
                    JournalFailure.ReadOnly, $"The folder {options.Directory} cannot be written. Give this user the right, or open it read-only.", e),
                DiskFullException => new JournalException(
                    JournalFailure.DiskFull, $"The disk of {options.Directory} is full; the journal could not be opened. Make space.", e),
                IOException => new JournalException(
                    JournalFailure.Unavailable, $"The journal in {options.Directory} could not be opened: {e.Message}", e),
                _ => e,
            };
        }
    }

    /// <summary>Whether so many more bytes fit the segment.</summary>
    public bool Fits(int bytes) => !MustRoll && _written + bytes <= _options.SegmentBytes;

    /// <summary>Whether one record of that length may go in next: an empty segment takes it whatever its size.</summary>
    public bool Takes(int bytes) => Fits(bytes) || (!MustRoll && _written == SegmentHeader.Size);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Active.File.Write((long)(End - Active.Start), bytes);
        _written = (long)(End - Active.Start) + bytes.Length;
    }

    public void Sync()
    {
        Active.File.Sync();
        EndsOrderly = true;
    }

    /// <summary>Shows a durable group to readers.</summary>
    public void Publish(List<AppendRequest> group)
    {
        var segment = Active;
        var index = (ActiveIndex)segment.Index;
        foreach (var request in group)
        {
            index.Add(
                new IndexEntry(request.Key, request.FirstRevision, (uint)(request.Position - segment.Start), request.Events.Count),
                request.Position + (ulong)request.Events.Count - 1,
                isMetadata: request.Stream.Value.StartsWith("$$", StringComparison.Ordinal));
        }

        EndsOrderly = false;
        lock (_gate)
        {
            _durable = _durable with { End = segment.Start + (ulong)_written, LastPosition = group[^1].Position + (ulong)group[^1].Events.Count - 1 };
        }
    }

    /// <summary>Complete segments, oldest first, once their indexes are written.</summary>
    public Segment[] Sealed()
    {
        Segment[] segments;
        Task[] running;
        lock (_gate)
        {
            segments = _durable.Segments[..^1];
            running = [.. _sealing];
        }

        Task.WaitAll(running);
        return segments;
    }

    /// <summary>Puts a scavenged segment in the place of the one that it was made from; who still reads that one reads on.</summary>
    public void Replace(Segment old, Segment scavenged)
    {
        lock (_gate)
        {
            Segment[] segments = [.. _durable.Segments];
            segments[Array.IndexOf(segments, old)] = scavenged;
            _durable = _durable with { Segments = segments };
        }

        old.Release();
    }

    public void TakeBack()
    {
        _written = (long)(End - Active.Start);
        Active.File.SetLength(_written);
        Active.File.Sync();
    }

    /// <summary>Begins a new segment. Once tried, nothing more goes into the old one, since the new file may already exist.</summary>
    public void Roll()
    {
        MustRoll = true;
        var segment = SegmentOpening.Create(_options, End);
        var old = Active;
        var length = (long)(segment.Start - old.Start);
        lock (_gate)
        {
            _durable = _durable with { Segments = [.. _durable.Segments, segment], End = segment.Start + SegmentHeader.Size };
            if (!_options.ManualWriter)
            {
                _sealing.RemoveAll(task => task.IsCompleted);
                _sealing.Add(Task.Run(() => SegmentOpening.Seal(_options, old, length)));
            }
        }

        _written = SegmentHeader.Size;
        MustRoll = false;
        if (_options.ManualWriter)
        {
            SegmentOpening.Seal(_options, old, length);
        }
    }

    public void Dispose()
    {
        Task.WaitAll([.. _sealing]);
        foreach (var segment in _durable.Segments)
        {
            segment.Dispose();
        }

        _lock?.Dispose();
    }

    private static IDisposable TakeLock(SegmentedJournalOptions options)
    {
        options.Disk.CreateDirectory(options.Directory);
        var path = Path.Combine(options.Directory, "lock");
        return options.Disk.TryLock(path, out var holder) ?? throw new JournalException(
            JournalFailure.InUse,
            $"The journal in {options.Directory} is in use by {(holder is { } pid ? $"process {pid}" : "another process")}. Stop it, or choose another folder.");
    }
}
