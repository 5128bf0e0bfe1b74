using System.Globalization;
using System.Text;
using Loom.Core;
using Loom.Journal;
using Loom.Testing;

namespace Loom.Contracts;

/// <summary>A journal and the model of streams did not agree; the message says where, and the seed.</summary>
public sealed class StreamsDifferException(string message) : Exception(message);

/// <summary>Random operations from a seed against a journal and the model of streams, compared after each step.</summary>
public sealed class StreamPropertyRun
{
    private readonly int _seed;
    private readonly Random _random;
    private readonly ManualTime? _clock; // null: nothing can be made to grow old
    private readonly StreamModel _model;
    private readonly string[] _names;
    private readonly List<(string Stream, long Expected, EventData[] Events, bool Linked)> _appends = [];
    private readonly List<string> _done = [];
    private IJournal _journal;

    /// <param name="journal">What is compared.</param>
    /// <param name="clock">The journal's clock; null for a foreign server.</param>
    /// <param name="seed">Decides everything.</param>
    public StreamPropertyRun(IJournal journal, ManualTime? clock, int seed)
    {
        _model = new StreamModel(isForeign: clock is null);
        (_journal, _clock, _seed, _random) = (journal, clock, seed, new Random(seed));
        _names = [.. new[] { "a", "b", "c" }.Select(n => string.Create(CultureInfo.InvariantCulture, $"run{seed}-{n}")), string.Create(CultureInfo.InvariantCulture, $"loom.run{seed}")];
    }

    /// <exception cref="StreamsDifferException">They differ.</exception>
    public async Task RunAsync(Func<Task<IJournal>> reopen)
    {
        for (var step = _random.Next(20, 60); step > 0; step--)
        {
            var stream = _names[_random.Next(_names.Length)];
            await StepAsync(stream);
            await CompareAsync(stream);
        }

        _journal = await reopen();
        foreach (var stream in _names)
        {
            await CompareAsync(stream);
        }

        await CompareAllAsync();
    }

    private async Task StepAsync(string stream)
    {
        switch (_random.Next(16))
        {
            case < 6:
                await AppendAsync(stream, Expectation(stream), MakeEvents(out var linked), linked);
                break;
            case 6 when _appends.Count > 0:
                // The same append again. Without a revision only memory would tell, which a journal may lose.
                var (old, expected, events, isLinked) = _appends[_random.Next(_appends.Count)];
                await AppendAsync(old, expected, events, isLinked);
                await CompareAsync(old);
                break;
            case < 11:
                await MetadataAsync(stream);
                break;
            case < 14:
                await DeleteAsync(stream, Expectation(stream), forEver: false);
                break;
            case 14 when _random.Next(3) == 0:
                await DeleteAsync(stream, Expectation(stream), forEver: true);
                break;
            default:
                _clock?.Advance(TimeSpan.FromSeconds(_random.Next(1, 40)));
                break;
        }
    }

    private DateTimeOffset Now => _clock?.GetUtcNow() ?? default;

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
            events[i] = new EventData(NewId(), "t", EventData.Json, "{}"u8.ToArray(), metadata);
        }

        return events;
    }

    private Guid NewId()
    {
        var bytes = new byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }

    private async Task AppendAsync(string stream, long expected, EventData[] events, bool linked)
    {
        var model = _model.Append(stream, expected, [.. events.Select(e => e.Id)], linked, Now);
        var told = await TellAsync(async () => Tell(await _journal.AppendAsync(StreamName.Parse(stream), Revision(expected), events, CancellationToken.None)));
        Same(model, told, Done($"append of {events.Length}{(linked ? " with links" : "")} to {stream} expecting {expected}"));
        if (expected >= -1)
        {
            _appends.Add((stream, expected, events, linked));
        }
    }

    private async Task MetadataAsync(string stream)
    {
        var before = _random.Next(3) == 0 ? _random.NextInt64(0, _model.Used(stream) + 3) : _random.Next(12) == 0 ? long.MaxValue : 0;
        var maxCount = _random.Next(3) == 0 ? _random.Next(1, 5) : 0;
        var maxAge = _random.Next(3) == 0 && _clock is not null ? _random.Next(1, 60) : 0;
        var document = string.Create(CultureInfo.InvariantCulture, $"{{\"$tb\":{before},\"$maxCount\":{maxCount},\"$maxAge\":{maxAge},\"own\":{{}}}}");
        var e = new EventData(NewId(), MetadataStreams.EventType, EventData.Json, Encoding.UTF8.GetBytes(document), default);
        var model = _model.Metadata(stream, before, maxCount, maxAge);
        var told = await TellAsync(async () => Tell(await _journal.AppendAsync(MetadataStreams.Of(StreamName.Parse(stream)), ExpectedRevision.Any, [e], CancellationToken.None)));
        Same(model, told, Done($"metadata {document} of {stream}"));
    }

    private async Task DeleteAsync(string stream, long expected, bool forEver)
    {
        var streams = (IStreamAdministration)_journal;
        var model = _model.Delete(stream, expected, forEver);
        var told = await TellAsync(async () => (forEver
            ? await streams.TombstoneAsync(StreamName.Parse(stream), Revision(expected), CancellationToken.None)
            : await streams.DeleteAsync(StreamName.Parse(stream), Revision(expected), CancellationToken.None)) switch
        {
            DeleteResult.Conflict conflict => $"conflict {conflict.ActualRevision}",
            _ => "done",
        });
        Same(model, told, Done($"{(forEver ? "tombstone" : "deletion")} of {stream} expecting {expected}"));
    }

    private async Task CompareAsync(string stream)
    {
        var name = StreamName.Parse(stream);
        var visible = _model.Visible(stream, Now);
        var last = await TellAsync(async () => $"{await _journal.LastRevisionAsync(name, CancellationToken.None)}");
        Same(_model.Last(stream)?.ToString(CultureInfo.InvariantCulture) ?? "deleted", last, $"last revision of {stream}");
        var from = _random.NextInt64(0, _model.Used(stream) + 2);
        var backwards = _random.Next(2) == 0;
        var expected = visible is null ? "deleted"
            : backwards ? string.Join(' ', visible.Where(r => r <= from).Reverse())
            : string.Join(' ', visible.Where(r => r >= from));
        var read = await TellAsync(async () =>
        {
            var revisions = new List<long>();
            await foreach (var e in _journal.ReadStreamAsync(name, backwards ? Direction.Backwards : Direction.Forwards, from, long.MaxValue, CancellationToken.None))
            {
                revisions.Add(e.Revision);
            }

            return string.Join(' ', revisions);
        });
        Same(expected, read, $"{stream} read {(backwards ? "backwards" : "forwards")} from {from}");
    }

    /// <summary>Whatever was hidden or deleted, the whole journal still has.</summary>
    private async Task CompareAllAsync()
    {
        var all = _names.ToDictionary(n => n, _ => new List<Guid>());
        await foreach (var e in _journal.ReadAllAsync(Direction.Forwards, 0, long.MaxValue, new EventFilter(_names), CancellationToken.None))
        {
            if (all.TryGetValue(e.Stream.Value, out var ids) && e.Revision != MetadataStreams.TombstoneRevision)
            {
                ids.Add(e.Id);
            }
        }

        foreach (var (stream, ids) in all)
        {
            Same(string.Join(' ', _model.Ids(stream)), string.Join(' ', ids), $"events of {stream} in the whole journal");
        }
    }

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

    private static async Task<string> TellAsync(Func<Task<string>> act)
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
    }

    private string Done(string what)
    {
        _done.Add(what);
        return what;
    }

    private void Same(string model, string journal, string what)
    {
        if (model != journal)
        {
            throw new StreamsDifferException($"LOOM_SEED={_seed}: {what}: the journal says '{journal}', the model '{model}'. Before: {string.Join("; ", _done.TakeLast(12))}.");
        }
    }
}
