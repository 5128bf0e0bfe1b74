using Loom.Core;

namespace Loom.Provenance;

/// <summary>
/// A bundle that was read: its form is right, nothing in it is judged yet. Holds the ZIP's bytes and reads streams from them line by line.
/// </summary>
public sealed class Bundle
{
    private readonly IReadOnlyDictionary<string, ReadOnlyMemory<byte>> _files;

    internal Bundle(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files, DsseEnvelope envelope, BundleStatement statement, string note, long bytes, BundleLimits limits)
    {
        _files = files;
        Envelope = envelope;
        Statement = statement;
        CheckpointNote = note;
        Bytes = bytes;
        Limits = limits;
    }

    /// <summary>The checkpoint note in the bundle, as text; also what to bring as an earlier checkpoint (<see cref="VerifyOptions.Seen"/>).</summary>
    public string CheckpointNote { get; }

    /// <summary>The ZIP's size.</summary>
    public long Bytes { get; }

    /// <summary>The names of the streams that the bundle says it holds.</summary>
    public IReadOnlyList<string> Streams => [.. Statement.Streams.Select(s => s.Name.Value)];

    internal DsseEnvelope Envelope { get; }

    internal BundleStatement Statement { get; }

    internal BundleLimits Limits { get; }

    internal IEnumerable<(string Name, ReadOnlyMemory<byte> Content)> Files => _files.Select(f => (f.Key, f.Value));

    // A bare null would become an empty memory here, by way of byte[].
    internal ReadOnlyMemory<byte>? File(string name) => _files.TryGetValue(name, out var content) ? content : default(ReadOnlyMemory<byte>?);

    /// <summary>A command's body, from its line or from its own file; null when it is hidden or missing. Its truth is the verifier's question.</summary>
    internal ReadOnlyMemory<byte>? CommandOf(Opening opening) =>
        opening.Command is { } inline ? inline : opening.CommandBlob is { } content ? File(BundleFiles.Command(content)) : default;

    /// <summary>The links of one stream in order, as stated in the file; their truth is the verifier's question.</summary>
    /// <exception cref="BundleMalformedException">A line has not the form of the format.</exception>
    public IEnumerable<Link> ReadLinks(string stream)
    {
        var stated = Statement.Streams.FirstOrDefault(s => s.Name.Value == stream)
            ?? throw new ArgumentException($"The bundle has no stream '{stream}'.", nameof(stream));
        return ReadLines(stated.File).Select(l => l.Line.Metadata.Link).OfType<Link>();
    }

    /// <summary>The lines of a stream file, each checked to be in its one written form.</summary>
    internal IEnumerable<(int Number, StreamLine Line)> ReadLines(string file)
    {
        var again = new System.Buffers.ArrayBufferWriter<byte>(8192);
        foreach (var (number, bytes) in Lines.Of(file, _files[file], Limits.MaxLineBytes))
        {
            StreamLine line;
            try
            {
                line = StreamLine.Parse(bytes);
                again.ResetWrittenCount();
                line.Write(again);
            }
            catch (FormatException e)
            {
                throw new BundleMalformedException(Lines.Place(file, number), e.Message, e);
            }

            if (!again.WrittenSpan.SequenceEqual(bytes.Span))
            {
                throw new BundleMalformedException(Lines.Place(file, number), "the line is not in the one form that format v1 has (RFC 8785, members of the format only)");
            }

            yield return (number, line);
        }
    }
}
