using System.Text;
using Loom.Provenance.Zip;

namespace Loom.Provenance;

/// <summary>Reads bundles, and refuses whatever <see cref="BundleWriter"/> would not have written.</summary>
public static class BundleReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads at most <see cref="BundleLimits.MaxBytes"/> bytes.</summary>
    /// <exception cref="BundleMalformedException">The bytes are no bundle; the message names the place.</exception>
    public static Bundle Read(Stream input, BundleLimits? limits = null)
    {
        limits ??= BundleLimits.Default;
        if (input.CanSeek && input.Length - input.Position > limits.MaxBytes)
        {
            throw TooLarge(limits);
        }

        using var buffer = new MemoryStream(input.CanSeek ? (int)(input.Length - input.Position) : 0);
        var chunk = new byte[81920];
        while (input.Read(chunk) is > 0 and var read)
        {
            if (buffer.Length + read > limits.MaxBytes)
            {
                throw TooLarge(limits);
            }

            buffer.Write(chunk, 0, read);
        }

        return Read(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), limits);
    }

    /// <summary>Reads a bundle; the memory has to stay as it is while the bundle is used.</summary>
    /// <exception cref="BundleMalformedException">The bytes are no bundle; the message names the place.</exception>
    public static Bundle Read(ReadOnlyMemory<byte> bytes, BundleLimits? limits = null)
    {
        limits ??= BundleLimits.Default;
        if (bytes.Length > limits.MaxBytes)
        {
            throw TooLarge(limits);
        }

        var files = ZipReader.Read(bytes, limits.MaxEntries);
        var envelope = DsseEnvelope.Parse(Needed(files, BundleFiles.Envelope, limits.MaxEnvelopeBytes));
        var statement = BundleStatement.Parse(envelope.Payload);
        CheckFiles(files, statement);
        var note = Needed(files, BundleFiles.Checkpoint, limits.MaxNoteBytes);
        try
        {
            var bundle = new Bundle(files, envelope, statement, StrictUtf8.GetString(note.Span), bytes.Length, limits);
            _ = Checkpointed.Parse(bundle.CheckpointNote);
            return bundle;
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new BundleMalformedException(BundleFiles.Checkpoint, "it is no signed checkpoint", e);
        }
    }

    // The statement and the ZIP must name the same files, and only files that the format knows. Their hashes are the verifier's question.
    private static void CheckFiles(Dictionary<string, ReadOnlyMemory<byte>> files, BundleStatement statement)
    {
        var count = statement.Streams.Count;
        if (count is 0 or > BundleFiles.MaxStreams)
        {
            throw new BundleMalformedException(BundleFiles.Envelope, $"a bundle holds 1 to {BundleFiles.MaxStreams} streams, not {count}");
        }

        var known = new HashSet<string>(StringComparer.Ordinal) { BundleFiles.Readme, BundleFiles.Checkpoint, BundleFiles.Inclusion, BundleFiles.Consistency };
        var needed = new HashSet<string>(StringComparer.Ordinal) { BundleFiles.Readme, BundleFiles.Checkpoint, BundleFiles.Inclusion };
        for (var i = 0; i < count; i++)
        {
            if (statement.Streams[i].File != BundleFiles.Stream(i)
                || (i > 0 && string.CompareOrdinal(statement.Streams[i - 1].Name.Value, statement.Streams[i].Name.Value) >= 0))
            {
                throw new BundleMalformedException(BundleFiles.Envelope, "the streams are not sorted by name and numbered in that order, or one is there twice");
            }

            needed.Add(BundleFiles.Stream(i));
            known.Add(BundleFiles.Stream(i));
            known.Add(BundleFiles.HeadState(i));
            known.Add(BundleFiles.StateBefore(i));
        }

        if (files.Keys.FirstOrDefault(f => f != BundleFiles.Envelope && !known.Contains(f) && !BundleFiles.IsCommand(f, out _) && !BundleFiles.IsModule(f, out _)
            && !BundleFiles.IsReceipt(f) && !BundleFiles.IsImage(f, out _)) is { } unknown)
        {
            throw new BundleMalformedException(unknown, "no file of format v1 has this name, or it belongs to no stream of the bundle");
        }

        if (needed.FirstOrDefault(f => !files.ContainsKey(f)) is { } missing)
        {
            throw new BundleMalformedException(missing, "the file is missing");
        }

        var listed = statement.Files.Select(f => f.Name);
        if (!listed.SequenceEqual(files.Keys.Where(f => f != BundleFiles.Envelope).Order(StringComparer.Ordinal), StringComparer.Ordinal))
        {
            throw new BundleMalformedException(BundleFiles.Envelope, "the signed list of files and the files in the archive are not the same names");
        }
    }

    private static ReadOnlyMemory<byte> Needed(Dictionary<string, ReadOnlyMemory<byte>> files, string name, int limit) =>
        !files.TryGetValue(name, out var content) ? throw new BundleMalformedException(name, "the file is missing")
        : content.Length > limit ? throw new BundleMalformedException(name, $"it is larger than {limit} bytes")
        : content;

    private static BundleMalformedException TooLarge(BundleLimits limits) =>
        new("zip", $"the bundle is larger than {limits.MaxBytes} bytes, the limit set for reading");
}
