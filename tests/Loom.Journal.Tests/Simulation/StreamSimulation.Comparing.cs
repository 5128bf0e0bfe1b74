using Loom.Contracts;
using Loom.Core;

namespace Loom.Journal.Tests.Simulation;

/// <summary>What is asked of the journal and of the model, and how answers are compared.</summary>
internal sealed partial class StreamSimulation
{
    /// <summary>Compares everything that can be seen.</summary>
    /// <param name="model">The model.</param>
    /// <param name="orphan">A stream that may have one document more than the model knows, which must not change anything; the model learns of it.</param>
    private async Task CheckAsync(StreamModel model, string? orphan)
    {
        var faults = (_disk.Full, _disk.WriteError, _disk.SyncError);
        var crashed = _disk.HasCrashed;
        if (crashed)
        {
            await CrashAsync();
        }

        (_disk.Full, _disk.WriteError, _disk.SyncError) = (0, 0, 0);
        _disk.CrashIn(-1);
        foreach (var stream in Names)
        {
            await CheckStreamAsync(model, stream, stream == orphan);
        }

        await CheckAllAsync(model);
        (_disk.Full, _disk.WriteError, _disk.SyncError) = faults;
    }

    private async Task CheckStreamAsync(StreamModel model, string stream, bool mayBeOrphan)
    {
        var name = Name(stream);
        var last = await TellAsync(async () => $"{await _journal!.LastRevisionAsync(name, CancellationToken.None)}");
        var lastExpected = model.Last(stream)?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "deleted";
        if (last != lastExpected)
        {
            throw Broken($"the last revision of {stream} is {last}, the model says {lastExpected}");
        }

        if (model.Visible(stream, _clock.GetUtcNow()) is not { } visible)
        {
            return;
        }

        var read = new List<RecordedEvent>();
        await foreach (var e in _journal!.ReadStreamAsync(name, Direction.Forwards, 0, long.MaxValue, CancellationToken.None))
        {
            read.Add(e);
        }

        Compare(model, stream, visible.Select(r => model.IdAt(stream, r)), read.Select(e => e.Id), "can be seen");
        if (read.Find(e => model.IdAt(stream, e.Revision) != e.Id) is { } moved)
        {
            throw Broken($"{stream} has another event at {moved.Revision}");
        }

        var documents = await _journal.LastRevisionAsync(MetadataStreams.Of(name), CancellationToken.None) + 1;
        if (documents == model.Document(stream).Documents + 1 && mayBeOrphan)
        {
            _totals.Add("comebacks cut in two");
            model.AddDocument(stream);
        }
        else if (documents != model.Document(stream).Documents)
        {
            throw Broken($"{stream} has {documents} documents, the model says {model.Document(stream).Documents}");
        }
        else
        {
            await CheckDocumentAsync(model, stream);
        }
    }

    private async Task CheckDocumentAsync(StreamModel model, string stream)
    {
        var (documents, before, maxCount, maxAge) = model.Document(stream);
        var metadata = await _journal!.ReadMetadataAsync(Name(stream), CancellationToken.None);
        if (documents > 0 && !model.HasUnknownDocument(stream) && (metadata.TruncateBefore ?? 0, metadata.MaxCount ?? 0, metadata.MaxAgeSeconds ?? 0) != (before, maxCount, maxAge))
        {
            throw Broken($"the metadata of {stream} is {metadata}, the model says {(before, maxCount, maxAge)}");
        }
    }

    private async Task CheckAllAsync(StreamModel model)
    {
        var all = Names.ToDictionary(n => n, _ => new List<Guid>());
        ulong? last = null;
        await foreach (var e in _journal!.ReadAllAsync(Direction.Forwards, 0, long.MaxValue, null, CancellationToken.None))
        {
            if (e.Position <= last)
            {
                throw Broken($"positions do not increase: {e.Position} after {last}");
            }

            last = e.Position;
            if (all.TryGetValue(e.Stream.Value, out var ids) && e.Revision != MetadataStreams.TombstoneRevision)
            {
                ids.Add(e.Id);
            }
        }

        foreach (var (stream, ids) in all)
        {
            Compare(model, stream, model.Ids(stream), ids, "is in the journal");
        }
    }

    /// <summary>In order, nothing that should not be, and missing is only what may be gone.</summary>
    private void Compare(StreamModel model, string stream, IEnumerable<Guid> expected, IEnumerable<Guid> found, string what)
    {
        using var at = found.GetEnumerator();
        var more = at.MoveNext();
        foreach (var id in expected)
        {
            if (more && at.Current == id)
            {
                more = at.MoveNext();
            }
            else if (!model.MayBeGone(stream, id))
            {
                throw Broken($"not everything of {stream} {what}: {id} is missing, and nobody may have taken it");
            }
        }

        if (more)
        {
            throw Broken($"more of {stream} {what} than should: {at.Current}");
        }
    }

    private long Expectation(string stream) => _random.Next(8) switch
    {
        0 => -1,
        1 => -4,
        2 => _random.NextInt64(-1, _model.Used(stream) + 3),
        < 5 => _model.Used(stream),
        _ => -2,
    };

    private EventData[] MakeEvents(out bool linked)
    {
        linked = _random.Next(6) == 0;
        var metadata = linked ? "{\"loom\":{\"v\":1}}"u8.ToArray() : [];
        var events = new EventData[_random.Next(1, 4)];
        for (var i = 0; i < events.Length; i++)
        {
            events[i] = new EventData(NewId(), "t", EventData.Binary, new byte[_random.Next(4) == 0 ? _random.Next(900) : _random.Next(60)], metadata);
        }

        return events;
    }

    private Guid NewId()
    {
        var bytes = new byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }

    private static StreamName Name(string stream) => StreamName.Parse(stream);

    private static ExpectedRevision Revision(long expected) => expected switch
    {
        -2 => ExpectedRevision.Any,
        -4 => ExpectedRevision.StreamExists,
        _ => ExpectedRevision.After(expected),
    };

    private static string Tell(AppendResult result) => result switch
    {
        AppendResult.Appended done => $"revision {done.LastRevision}",
        AppendResult.Conflict conflict => $"conflict {conflict.ActualRevision}",
        _ => result.GetType().Name,
    };

    /// <summary>Null: the outcome is unknown.</summary>
    private static async Task<string?> TellAsync(Func<Task<string>> act)
    {
        try
        {
            return await act();
        }
        catch (JournalException e) when (e.Failure == JournalFailure.StreamDeleted)
        {
            return "deleted";
        }
        catch (JournalException e) when (e.Failure == JournalFailure.Refused)
        {
            return "refused";
        }
        catch (JournalException e) when (e.Failure is JournalFailure.Unavailable or JournalFailure.DiskFull)
        {
            return null;
        }
    }
}
