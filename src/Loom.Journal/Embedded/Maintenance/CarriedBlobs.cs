using System.Buffers;
using Loom.Core;
using Loom.Journal.Blobs;

namespace Loom.Journal.Embedded;

/// <summary>The blobs that go out with events, each once, before the first event that names it.</summary>
internal sealed class ExportedBlobs(IBlobStore? blobs, IReadOnlySet<Digest> besideCommands)
{
    private const int MaxMissing = 1000;
    private readonly BlobNaming _naming = new(besideCommands);
    private readonly HashSet<Digest> _mentioned = [];
    private readonly List<string> _missing = [];

    public long Count { get; private set; }

    public IReadOnlyList<string> Missing => _missing;

    public async ValueTask<IReadOnlyList<(BlobName Name, ReadOnlyMemory<byte> Content)>> BeforeAsync(RecordedEvent e, CancellationToken cancellationToken)
    {
        var command = _naming.Accept(e);
        if (command is null && _naming.Mentioned.Count == _mentioned.Count)
        {
            return [];
        }

        var found = new List<(BlobName, ReadOnlyMemory<byte>)>();
        if (command is { } content)
        {
            Add(new BlobName(BlobAreas.Commands, content), await NamedBlobs.CommandAsync(blobs, content, _naming.Commands[content], cancellationToken));
        }

        foreach (var mentioned in _naming.Mentioned.Except(_mentioned).Order().ToArray())
        {
            _mentioned.Add(mentioned);
            foreach (var area in await blobs!.ListAreasAsync("", cancellationToken))
            {
                if (area != BlobAreas.Commands)
                {
                    var name = new BlobName(area, mentioned);
                    Add(name, await NamedBlobs.OtherAsync(blobs, name, cancellationToken));
                }
            }
        }

        return found;

        void Add(BlobName name, (ReadOnlyMemory<byte>? Content, string? Problem) read)
        {
            if (read.Content is { } bytes)
            {
                found.Add((name, bytes));
                Count++;
            }
            else if (read.Problem is { } problem && _missing.Count < MaxMissing)
            {
                _missing.Add($"{name}: {problem}");
            }
        }
    }
}

/// <summary>The blobs that come in with events: stored before the event that names them is appended.</summary>
internal sealed class ImportedBlobs(IBlobStore? blobs)
{
    private readonly BlobNaming _naming = new(new HashSet<Digest>());

    public long Count { get; private set; }

    public async Task PutAsync(ReadOnlySequence<byte> text, long line, CancellationToken cancellationToken)
    {
        if (blobs is null)
        {
            throw Refused(line, "is a blob, and no place for blobs was named", null);
        }

        try
        {
            var (name, content) = EventLines.ReadBlob(text);
            await blobs.PutAsync(name, content, cancellationToken);
            Count++;
        }
        catch (FormatException e)
        {
            throw Refused(line, $"is no blob: {e.Message}", e);
        }
        catch (BlobException e)
        {
            throw Refused(line, $"cannot be taken: {e.Message}", e);
        }
    }

    public async ValueTask CheckAsync(RecordedEvent e, long line, CancellationToken cancellationToken)
    {
        if (_naming.Accept(e) is { } content
            && (await NamedBlobs.CommandAsync(blobs, content, _naming.Commands[content], cancellationToken)).Problem is { } problem)
        {
            throw Refused(line, $"names the blob {new BlobName(BlobAreas.Commands, content)}: {problem}. Store it first ('loom blob put'), from a backup", null);
        }
    }

    private static JournalException Refused(long line, string reason, Exception? inner) =>
        new(JournalFailure.Refused, $"Line {line} {reason}. The events before it may have been imported; mend it and import into a new folder.", inner);
}
