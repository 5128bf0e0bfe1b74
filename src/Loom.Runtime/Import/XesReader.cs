using System.IO.Compression;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Xml;
using Loom.Core;

namespace Loom.Runtime.Import;

/// <summary>
/// Reads an XES event log (IEEE 1849), gzipped or not, one case at a time. Memory holds one case; no DTD, no entity and no outside
/// reference is ever followed.
/// </summary>
public static class XesReader
{
    // Room for the largest allowed value, escaped, and the reader's own buffer.
    private const int NodeSlack = 64 * 1024;

    /// <summary>The log's cases, in the order of the file. The stream stays open.</summary>
    /// <exception cref="FormatException">The file is no XES, or breaks a limit; the message says where and why.</exception>
    public static async IAsyncEnumerable<XesTrace> ReadAsync(
        Stream stream, XesOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(options);
        var pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
        var head = await pipe.ReadAtLeastAsync(2, cancellationToken).ConfigureAwait(false);
        var packed = head.Buffer.Length >= 2 && head.Buffer.FirstSpan is [0x1f, 0x8b, ..];
        pipe.AdvanceTo(head.Buffer.Start);
        await using var raw = pipe.AsStream(leaveOpen: false);
        await using Stream? unpacked = packed ? new GZipStream(raw, CompressionMode.Decompress, leaveOpen: true) : null;
        await using var bounded = new BoundedStream(unpacked ?? raw, options.MaxBytes, options.MaxCase, (options.MaxValue * 6) + NodeSlack);
        using var xml = XmlReader.Create(bounded, Settings());
        var reader = new TraceReader(xml, bounded, options);
        while (await NextAsync(reader, cancellationToken).ConfigureAwait(false) is { } trace)
        {
            yield return trace;
        }
    }

    private static XmlReaderSettings Settings() => new()
    {
        Async = true,
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        IgnoreWhitespace = true,
    };

    private static async ValueTask<XesTrace?> NextAsync(TraceReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.NextAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (XmlException e)
        {
            throw new FormatException($"The file is no XES: {e.Message}", e);
        }
        catch (InvalidDataException e)
        {
            throw new FormatException($"The file is packed, and damaged: {e.Message}", e);
        }
    }
}
