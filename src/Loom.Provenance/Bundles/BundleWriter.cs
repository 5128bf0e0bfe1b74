using System.Buffers;
using System.Text;
using Loom.Core;
using Loom.Provenance.Zip;

namespace Loom.Provenance;

/// <summary>
/// Writes bundles. The same source gives the same bytes in every file but the envelope's signature; hand in the envelope made earlier
/// (<see cref="EnvelopeOf"/>) and an unchanged bundle is the same to the last byte.
/// </summary>
public static class BundleWriter
{
    /// <summary>Writes a bundle and returns its envelope's bytes, to be kept for the next export of the same content.</summary>
    /// <param name="source">What goes in.</param>
    /// <param name="signer">The log's key.</param>
    /// <param name="output">Where the ZIP goes.</param>
    /// <param name="cachedEnvelope">An envelope made earlier; used again when it is about exactly this content and by this key.</param>
    /// <exception cref="InvalidOperationException">The source is no history that a bundle can hold; the message names stream and revision.</exception>
    /// <exception cref="FormatException">The checkpoint note cannot be read.</exception>
    public static byte[] Write(BundleSource source, ISigner signer, Stream output, ReadOnlyMemory<byte>? cachedEnvelope = null)
    {
        var streams = source.Streams.OrderBy(s => s.Name.Value, StringComparer.Ordinal).ToArray();
        if (streams.Length is 0 or > BundleFiles.MaxStreams || streams.DistinctBy(s => s.Name).Count() != streams.Length)
        {
            throw new InvalidOperationException($"A bundle holds 1 to {BundleFiles.MaxStreams} streams, each once; {streams.Length} were given.");
        }

        var log = Checkpointed.Parse(source.CheckpointNote);
        var files = new BundleContents();
        var stated = new List<StatedStream>();
        var commands = new CommandFiles(source.CommandBlobs, files);

        // Without states and bodies nobody can run them.
        var modules = new ModuleFiles(source.Hide == BundleHide.None ? source.Modules : new Dictionary<Digest, ReadOnlyMemory<byte>>(), files);
        var receipts = new ReceiptFiles(source, files);
        var inclusion = new ArrayBufferWriter<byte>(64 * 1024);
        for (var i = 0; i < streams.Length; i++)
        {
            var (stream, index) = (streams[i], i);
            var (bytes, statedStream) = StreamFile.Write(stream, BundleFiles.Stream(i), source.Hide, commands, modules, revision => receipts.Add(stream, index, revision));
            files[statedStream.File] = bytes;
            stated.Add(statedStream);
            AddStates(files, streams[i], i, source.Hide);
            foreach (var leaf in streams[i].Leaves)
            {
                ProofLine.Write(inclusion, "index", leaf.Index, leaf.Proof);
            }
        }

        files[BundleFiles.Inclusion] = inclusion.WrittenMemory;
        files[BundleFiles.Checkpoint] = Encoding.UTF8.GetBytes(source.CheckpointNote);
        AddConsistency(files, source.Consistency);
        files[BundleFiles.Readme] = Readme.Write(stated, log, source.Hide, commands.Any, modules.Any, receipts.Any);

        var statement = new BundleStatement
        {
            Origin = log.Origin,
            Epoch = log.Epoch,
            TreeSize = log.Size,
            Root = log.Root,
            Hidden = source.Hide,
            Streams = stated,
            Files = [.. files.Select(f => new StatedFile(f.Key, Digest.Of(f.Value.Span), f.Value.Length))], // one at a time
        };
        var envelope = Seal(statement.Write(), signer, cachedEnvelope);
        files[BundleFiles.Envelope] = envelope;
        ZipWriter.Write(files, output);
        return envelope;
    }

    /// <summary>The envelope in a bundle's bytes, to hand to <see cref="Write"/> again.</summary>
    /// <exception cref="BundleMalformedException">The bytes are no bundle.</exception>
    public static byte[] EnvelopeOf(ReadOnlyMemory<byte> bundle) =>
        ZipReader.Read(bundle, BundleLimits.Default.MaxEntries).TryGetValue(BundleFiles.Envelope, out var envelope)
            ? envelope.ToArray()
            : throw new BundleMalformedException(BundleFiles.Envelope, "the file is missing");

    private static void AddStates(BundleContents files, BundleStream stream, int index, BundleHide hide)
    {
        // Every transition of the bundle has hidden parts then, and a state tells what they were.
        if (hide != BundleHide.None)
        {
            return;
        }

        if (stream.Head is { } head)
        {
            files[BundleFiles.HeadState(index)] = StateFile.Write(head);
        }

        if (stream.Before is { } before)
        {
            files[BundleFiles.StateBefore(index)] = StateFile.Write(before);
        }
    }

    private static void AddConsistency(BundleContents files, IReadOnlyList<BundleConsistency> proofs)
    {
        if (proofs.Count == 0)
        {
            return;
        }

        var lines = new ArrayBufferWriter<byte>();
        foreach (var proof in proofs.OrderBy(p => p.Size))
        {
            ProofLine.Write(lines, "from", proof.Size, proof.Proof);
        }

        files[BundleFiles.Consistency] = lines.WrittenMemory;
    }

    private static byte[] Seal(byte[] payload, ISigner signer, ReadOnlyMemory<byte>? cached)
    {
        var keyId = Digest.Of(signer.PublicKey.Span);
        var toSign = DsseEnvelope.PreAuthentication(payload);
        return cached is { Length: > 0 } bytes && Earlier(bytes) is { } earlier && earlier.KeyId == keyId
            && earlier.Payload.AsSpan().SequenceEqual(payload) && EcdsaP256.Verify(signer.PublicKey.Span, toSign, earlier.Signature)
            ? bytes.ToArray()
            : new DsseEnvelope(payload, keyId, signer.Sign(toSign)).Write();
    }

    // A kept envelope that was damaged is as good as none.
    private static DsseEnvelope? Earlier(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return DsseEnvelope.Parse(bytes);
        }
        catch (BundleMalformedException)
        {
            return null;
        }
    }
}
