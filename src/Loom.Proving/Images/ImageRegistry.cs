using System.Text.Json;
using Loom.Core;
using Loom.Journal;
using Loom.Journal.Blobs;
using Loom.Journal.Log;

namespace Loom.Proving;

/// <summary>The body of <c>loom.modules.imaged</c>: from then on, runs of the module are proven of this image.</summary>
internal sealed record ImageBody(Digest Module, Digest ImageId, Digest Image, long Size);

/// <summary>An image that was registered for a module.</summary>
/// <param name="Module">SHA-256 of the module.</param>
/// <param name="ImageId">The image id.</param>
/// <param name="Image">The blob with the image's bytes.</param>
/// <param name="At">When.</param>
public sealed record RegisteredImage(Digest Module, Digest ImageId, Digest Image, Timestamp At);

/// <summary>
/// The image ids in <c>loom.modules</c>. A module may have several, one for each translator that made one: receipts of earlier ones stay as
/// good as they were. Thread-safe.
/// </summary>
public sealed class ImageRegistry : IDisposable
{
    private const string Act = "imaged";
    private readonly IBlobStore _blobs;
    private readonly LinkedActs _acts;
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly Lock _gate = new();
    private readonly List<RegisteredImage> _images = [];
    private readonly Dictionary<Digest, ProverImage> _asked = [];

    /// <summary>Makes one; it reads the journal when it is first asked.</summary>
    public ImageRegistry(IJournal journal, LoomStreams streams, IBlobStore blobs)
    {
        _blobs = blobs;
        _acts = new LinkedActs(journal, streams, LoomStreams.Modules, Take);
    }

    /// <summary>Every registered image, oldest first, as far as the journal was read.</summary>
    public IReadOnlyList<RegisteredImage> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _images];
            }
        }
    }

    /// <summary>Reads what the journal has by now.</summary>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            await _acts.CatchUpAsync(cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>
    /// The image that the prover makes of a module now: asked for once in a process, its bytes kept as a blob, its id journaled when it is new.
    /// </summary>
    /// <exception cref="ProverException">The prover makes none.</exception>
    /// <exception cref="BlobException">The bytes cannot be stored.</exception>
    /// <exception cref="JournalException">The journal takes no writes.</exception>
    public async Task<ProverImage> EnsureAsync(IProver prover, Digest module, Func<CancellationToken, Task<ReadOnlyMemory<byte>>> bytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prover);
        ArgumentNullException.ThrowIfNull(bytes);
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_asked.TryGetValue(module, out var known))
            {
                return known;
            }

            var image = await prover.ImageAsync(await bytes(cancellationToken), cancellationToken);
            var content = Digest.Of(image.Bytes.Span);
            await _blobs.PutAsync(new BlobName(BlobAreas.Images, content), image.Bytes, cancellationToken);
            var body = JsonSerializer.SerializeToUtf8Bytes(new ImageBody(module, image.Id, content, image.Bytes.Length), ProofJson.Default.ImageBody);
            await _acts.AppendAsync(
                Act, body, UuidV5.DerivedCommand($"image\n{module}\n{image.Id}"),
                () => All.Any(i => i.Module == module && i.ImageId == image.Id), cancellationToken);
            return _asked[module] = image;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The prover may have another translator by now: it is asked again.</summary>
    internal async Task ForgetAsync(Digest module, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        _asked.Remove(module);
        _one.Release();
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private void Take(RecordedEvent e, Link link)
    {
        if (e.Type != $"{LoomStreams.Modules.Value}.{Act}")
        {
            return;
        }

        try
        {
            var body = JsonSerializer.Deserialize(e.Data.Span, ProofJson.Default.ImageBody) ?? throw new FormatException("it is null.");
            lock (_gate)
            {
                _images.Add(new RegisteredImage(body.Module, body.ImageId, body.Image, link.At));
            }
        }
        catch (JsonException ex)
        {
            throw new FormatException($"it names no image: {ex.Message}", ex);
        }
    }
}
