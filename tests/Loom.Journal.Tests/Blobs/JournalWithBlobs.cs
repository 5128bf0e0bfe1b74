using System.Text;
using Loom.Core;
using Loom.Journal.Blobs;

namespace Loom.Journal.Tests.Blobs;

/// <summary>A journal of one actor whose commands are large, with their bodies in a store beside it.</summary>
public abstract class JournalWithBlobs : JournalTestBase
{
    private Link? _head;

    internal FileBlobStore Store => field ??= new FileBlobStore(Other("blobs"));

    internal static byte[] Body(int n) => Encoding.UTF8.GetBytes($$"""{"n":{{n}},"text":"{{new string('x', 40_000)}}"}""");

    /// <summary>Appends a transition; its command's body is stored first, unless it is to be missing.</summary>
    internal async Task<BlobName> AppendAsync(IJournal journal, int n, string data = "{}", bool store = true, Func<Opening, Opening>? reopen = null)
    {
        var written = TransitionWriter.Write(new TransitionDraft
        {
            Stream = StreamName.Parse("account-a"),
            Previous = _head,
            ActorType = "account@1",
            Machine = MachineId.DotNet("account", 1),
            CommandId = CommandId.Parse($"c-{n}"),
            CommandType = "note",
            Command = Body(n),
            MayUseBlob = true,
            Principal = "alice",
            Events = [new EmittedEvent("noted", EventData.Json, Encoding.UTF8.GetBytes(data))],
            State = "{}"u8.ToArray(),
            Fence = 1,
            At = new Timestamp(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(n)),
            Salt = [.. Enumerable.Repeat((byte)n, Salts.Size)],
        });
        var name = new BlobName(BlobAreas.Commands, written.CommandBlob!.Value);
        if (store)
        {
            await Store.PutAsync(name, Body(n), None);
        }

        var events = written.Events;
        if (reopen is not null)
        {
            var metadata = EventMetadata.Parse(events[0].Metadata);
            var buffer = new System.Buffers.ArrayBufferWriter<byte>();
            (metadata with { Opening = reopen(metadata.Opening!) }).Write(buffer);
            events = [events[0] with { Metadata = buffer.WrittenMemory }];
        }

        Assert.IsType<AppendResult.Appended>(await journal.AppendAsync(StreamName.Parse("account-a"), ExpectedRevision.After(_head?.LastRevision ?? -1), events, None));
        _head = written.Link;
        return name;
    }

    internal async Task<BlobName> PutAsync(string area, string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        await Store.PutAsync(BlobName.Of(area, bytes), bytes, None);
        return BlobName.Of(area, bytes);
    }

    internal static async Task<List<string>> NamesAsync(IBlobStore store)
    {
        var names = new List<string>();
        await foreach (var blob in store.AllAsync())
        {
            names.Add(blob.Name.ToString());
        }

        return names;
    }
}
