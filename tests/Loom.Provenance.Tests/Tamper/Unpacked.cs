using System.Text;
using Loom.Core;
using Loom.Provenance.Zip;

namespace Loom.Provenance.Tests;

/// <summary>How far a forger goes to make the outside fit what he changed inside.</summary>
public enum Depth
{
    /// <summary>Only the file, and the ZIP's checksums.</summary>
    File,

    /// <summary>Also every hash and head in the signed statement; the old signature stays.</summary>
    Statement,

    /// <summary>Also a new signature, by a key that the auditor does not trust.</summary>
    Stranger,
}

/// <summary>A bundle taken apart, to be changed and put together again.</summary>
internal sealed class Unpacked
{
    public Unpacked(byte[] bundle)
    {
        foreach (var (name, content) in ZipReader.Read(bundle, BundleLimits.Default.MaxEntries))
        {
            Files[name] = content.ToArray();
        }

        Envelope = DsseEnvelope.Parse(Files["bundle.dsse.json"]);
        Statement = BundleStatement.Parse(Envelope.Payload);
    }

    public SortedDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    public DsseEnvelope Envelope { get; set; }

    public BundleStatement Statement { get; set; }

    /// <summary>The lines of a stream, transition by transition.</summary>
    public List<List<StreamLine>> Stream(int index)
    {
        var result = new List<List<StreamLine>> { new() };
        foreach (var (_, line) in Lines.Of("", Files[BundleFiles.Stream(index)], int.MaxValue - 1))
        {
            var parsed = StreamLine.Parse(line);
            result[^1].Add(parsed);
            if (parsed.Metadata.Link is not null)
            {
                result.Add([]);
            }
        }

        result.RemoveAt(result.Count - 1);
        return result;
    }

    public void SetStream(int index, IEnumerable<IEnumerable<StreamLine>> transitions)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        foreach (var line in transitions.SelectMany(t => t))
        {
            line.Write(output);
            System.Buffers.BuffersExtensions.Write(output, "\n"u8);
        }

        Files[BundleFiles.Stream(index)] = output.WrittenSpan.ToArray();
    }

    public List<string> Text(string file) => [.. Encoding.UTF8.GetString(Files[file]).TrimEnd('\n').Split('\n')];

    public void SetText(string file, IEnumerable<string> lines) => Files[file] = Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n")));

    /// <summary>The first line of a stream's proofs in the inclusion file.</summary>
    public int ProofsFrom(int index) => (int)Statement.Streams.Take(index).Sum(s => s.Transitions);

    public byte[] Pack(Depth depth)
    {
        if (depth != Depth.File)
        {
            Restate();
        }

        if (depth == Depth.Stranger)
        {
            Envelope = new DsseEnvelope(Envelope.Payload, Digest.Of(Cases.Stranger.PublicKey.Span), Cases.Stranger.Sign(DsseEnvelope.PreAuthentication(Envelope.Payload)));
        }

        Files["bundle.dsse.json"] = Envelope.Write();
        return Zip(Files);
    }

    /// <summary>Makes the statement say what the files say now.</summary>
    public void Restate()
    {
        Checkpointed? log;
        try
        {
            log = Checkpointed.Parse(Encoding.UTF8.GetString(Files[BundleFiles.Checkpoint]));
        }
        catch (FormatException)
        {
            log = null;
        }

        Statement = Statement with
        {
            Origin = log?.Origin ?? Statement.Origin,
            TreeSize = log?.Size ?? Statement.TreeSize,
            Root = log?.Root ?? Statement.Root,
            Epoch = log?.Epoch ?? Statement.Epoch,
            Streams = [.. Statement.Streams.Select((s, i) => Restated(s, Stream(i)))],
            Files = [.. Files.Where(f => f.Key != "bundle.dsse.json").Select(f => new StatedFile(f.Key, Digest.Of(f.Value), f.Value.Length))],
        };
        Envelope = Envelope with { Payload = Statement.Write() };
    }

    private static StatedStream Restated(StatedStream stated, List<List<StreamLine>> transitions)
    {
        var links = transitions.SelectMany(t => t).Select(l => l.Metadata.Link).OfType<Link>().ToArray();
        return links.Length == 0 ? stated : stated with
        {
            First = links[0].Revision,
            Last = links[^1].LastRevision,
            Transitions = links.Length,
            Head = LinkJson.HashOf(links[^1]),
        };
    }

    public static byte[] Zip(IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        using var output = new MemoryStream();
        ZipWriter.Write(files.ToDictionary(f => f.Key, f => (ReadOnlyMemory<byte>)f.Value), output);
        return output.ToArray();
    }
}
