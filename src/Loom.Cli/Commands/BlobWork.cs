using System.Globalization;
using Loom.Cli.Output;
using Loom.Journal;
using Loom.Journal.Blobs;

namespace Loom.Cli.Commands;

/// <summary>What the blob commands do. Apart from their declaration, so that declaring them loads no journal.</summary>
internal static class BlobWork
{
    public static async Task<int> ListAsync(Invocation i, string data, string? area, int count, CancellationToken cancellationToken)
    {
        var store = Store(data);
        var areas = new List<(string Area, long Blobs, long Bytes, DateTimeOffset Newest)>();
        var listed = new List<BlobInfo>();
        foreach (var name in (await store.ListAreasAsync(area ?? "", cancellationToken)).Where(a => area is null || new BlobRule(area, null).Covers(a)))
        {
            var (blobs, bytes, newest) = (0L, 0L, DateTimeOffset.MinValue);
            await foreach (var blob in store.AllAsync(name, cancellationToken))
            {
                if (blob.Name.Area == name)
                {
                    (blobs, bytes, newest) = (blobs + 1, bytes + blob.Length, blob.Stored > newest ? blob.Stored : newest);
                    if (area is not null && blobs <= count)
                    {
                        listed.Add(blob);
                    }
                }
            }

            areas.Add((name, blobs, bytes, newest));
        }

        if (i.Json)
        {
            i.WriteJson(new
            {
                areas = areas.Select(a => new { area = a.Area, blobs = a.Blobs, bytes = a.Bytes, newest = a.Newest }),
                blobs = listed.Select(b => new { name = b.Name.ToString(), bytes = b.Length, stored = b.Stored }),
            });
            return ExitCodes.Ok;
        }

        var table = new Table("AREA", "BLOBS", "BYTES", "NEWEST");
        areas.ForEach(a => table.Add(a.Area, a.Blobs, a.Bytes, Times.Short(a.Newest)));
        table.Write(i);
        if (area is not null)
        {
            i.Line();
            var blobs = new Table("BLOB", "BYTES", "STORED");
            listed.ForEach(b => blobs.Add(b.Name, b.Length, Times.Short(b.Stored)));
            blobs.Write(i);
        }

        return ExitCodes.Ok;
    }

    public static async Task<int> GetAsync(Invocation i, string data, string name, string? output, bool force, CancellationToken cancellationToken)
    {
        var blob = BlobName.TryParse(name, out var parsed) ? parsed
            : throw new CliException(ExitCodes.Usage, $"'{name}' is no blob's name.", "A name is AREA/SHA256, with the hash as 64 lower-case hex digits.", "'loom blob ls AREA' lists names.");
        if (await Store(data).GetAsync(blob, cancellationToken) is not { } content)
        {
            throw new CliException(ExitCodes.SaidNo, $"There is no blob {name} in {data}.", null, "'loom blob ls AREA' lists those there are.");
        }

        if (output == "-")
        {
            await using var standard = Console.OpenStandardOutput();
            await standard.WriteAsync(content, cancellationToken);
            return ExitCodes.Ok;
        }

        var file = output ?? blob.Content.ToString();
        await OutputFile.WriteAsync(file, force, (stream, ct) => stream.WriteAsync(content, ct).AsTask(), cancellationToken);
        return Said(i, file, blob, content.Length);
    }

    public static async Task<int> PutAsync(Invocation i, string data, string area, string file, CancellationToken cancellationToken)
    {
        if (!BlobName.IsArea(area))
        {
            throw new CliException(ExitCodes.Usage, $"'{area}' is no area of blobs.", "An area is 1 to 4 parts of a-z, 0-9, '.', '_' and '-', separated by '/'.", "Bodies of commands belong in 'commands'.");
        }

        var store = Store(data);
        var content = await ReadAsync(file, store.MaxBytes, cancellationToken);
        var name = BlobName.Of(area, content);
        await store.PutAsync(name, content, cancellationToken);
        return Said(i, name.ToString(), name, content.Length);
    }

    public static async Task<int> CollectAsync(Invocation i, string data, string[] keep, bool delete, CancellationToken cancellationToken)
    {
        var rules = keep.Select(Rule).ToArray();
        var store = Store(data);

        // Opened for writing, the journal is this process's alone: nobody puts a blob whose event is still to come.
        await using var journal = await SegmentedJournal.OpenAsync(new SegmentedJournalOptions { Directory = JournalWork.JournalOf(data), ReadOnly = !delete }, cancellationToken);
        var report = await BlobGarbage.CollectAsync(journal, store, rules, DateTimeOffset.UtcNow, delete, cancellationToken);
        if (delete)
        {
            await store.RemoveUnfinishedAsync(DateTimeOffset.UtcNow.AddDays(-1), cancellationToken);
        }

        if (i.Json)
        {
            i.WriteJson(report);
            return ExitCodes.Ok;
        }

        var table = new Table("AREA", "BLOBS", "NAMED", "YOUNG", "GARBAGE", "BYTES");
        foreach (var area in report.Areas)
        {
            table.Add(area.Area, area.Blobs, area.Named, area.Young, area.Garbage, area.GarbageBytes);
        }

        table.Write(i);
        if (report.EncryptedCommands)
        {
            i.Line("Bodies of commands are left alone: encrypted transitions may name them unseen.");
        }

        i.Line(delete ? $"Removed {Counted.Of(report.Removed, "blob")}." : $"Nothing was removed; with --delete {Counted.Of(report.Areas.Sum(a => a.Garbage), "blob")} would be.");
        return ExitCodes.Ok;
    }

    private static BlobRule Rule(string text)
    {
        var equals = text.LastIndexOf('=');
        var (area, days) = equals < 0 ? ("", text) : (text[..equals], text[(equals + 1)..]);
        return (area.Length == 0 || BlobName.IsArea(area)) && days == "forever" ? new BlobRule(area, null)
            : (area.Length == 0 || BlobName.IsArea(area)) && int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 36_500 ? new BlobRule(area, TimeSpan.FromDays(number))
            : throw new CliException(ExitCodes.Usage, $"--keep {text} is no rule.", "A rule is AREA=DAYS, AREA=forever, DAYS or forever.", "For example: --keep activities=7 --keep proofs=forever");
    }

    private static async Task<byte[]> ReadAsync(string file, int maxBytes, CancellationToken cancellationToken)
    {
        await using var input = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
        var buffer = new MemoryStream();
        var chunk = new byte[81920];
        while (await input.ReadAsync(chunk, cancellationToken) is > 0 and var read)
        {
            if (buffer.Length + read > maxBytes)
            {
                throw new CliException(ExitCodes.Malformed, $"{file} has more than {maxBytes} bytes.", "No blob may be larger.", "Store less.");
            }

            buffer.Write(chunk, 0, read);
        }

        return buffer.ToArray();
    }

    private static int Said(Invocation i, string what, BlobName name, int bytes)
    {
        if (i.Json)
        {
            i.WriteJson(new { name = name.ToString(), bytes });
        }
        else
        {
            i.Line($"{what} ({Counted.Of(bytes, "byte")})");
        }

        return ExitCodes.Ok;
    }

    private static FileBlobStore Store(string data)
    {
        _ = JournalWork.JournalOf(data); // names a folder that is none
        return JournalWork.BlobsOf(data);
    }
}
