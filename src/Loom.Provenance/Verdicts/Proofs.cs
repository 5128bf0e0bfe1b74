using Loom.Core;
using Loom.Provenance.Receipts;

namespace Loom.Provenance;

/// <summary>Judges the receipts of all streams of a bundle, and keeps what the claim <c>proven</c> says of them.</summary>
internal sealed class Proofs(Bundle bundle, TrustRoot trust)
{
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, (ParameterSet Set, SoundnessAccount Weakest)> _sets = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _images = new(StringComparer.Ordinal);
    private string? _left;
    private long _transitions, _proven;

    public Bundle Bundle => bundle;

    /// <summary>Whether the bundle has any receipt.</summary>
    public bool Any { get; } = bundle.Files.Any(f => BundleFiles.IsReceipt(f.Name));

    /// <summary>Receipts that do not prove their transition.</summary>
    public FirstFinding Fails { get; } = new();

    /// <summary>A transition is looked at.</summary>
    public void Count() => _transitions++;

    /// <summary>A transition is not proven here; the first reason is kept.</summary>
    public void Leave(string reason) => _left ??= reason;

    /// <summary>A transition that changes nothing needs no receipt.</summary>
    public void Same() => _proven++;

    /// <summary>The receipt of a transition; null when the bundle has none.</summary>
    public ReadOnlyMemory<byte>? Receipt(int stream, long revision)
    {
        var name = BundleFiles.Receipt(stream, revision);
        _named.Add(name);
        return bundle.File(name);
    }

    public LinkReceiptResult Judge(Link link, Opening opening, ReadOnlyMemory<byte>? saltBefore, ReadOnlyMemory<byte> receipt)
    {
        var id = ReceiptFile.Parse(receipt, out _)?.Statement.ImageId;
        if (id is { } image)
        {
            _named.Add(BundleFiles.Image(image));
        }

        var result = LinkReceiptVerifier.Verify(new LinkReceiptRequest
        {
            Link = link,
            Opening = opening,
            SaltBefore = saltBefore,
            Trusted = trust.Images,
            Image = id is { } named ? bundle.File(BundleFiles.Image(named)) : default,
            Receipt = receipt,
        });
        if (result.Failed is null)
        {
            var (set, bits) = (result.Seal!.Set!, result.Seal.Security!);
            _proven++;
            _images.Add(id!.Value.ToString());
            _sets[set.Name] = (set, _sets.TryGetValue(set.Name, out var known) && known.Weakest.ProvenBits <= bits.ProvenBits ? known.Weakest : bits);
        }

        return result;
    }

    /// <summary>After all streams: receipts of no transition, images that no receipt names, and images that are not what their name says.</summary>
    public void CheckFiles(FirstFinding intact)
    {
        foreach (var (name, content) in bundle.Files)
        {
            var isImage = BundleFiles.IsImage(name, out var id);
            if (isImage && ReceiptImage.IdOf(content.Span) != id)
            {
                intact.Add(new Finding("the image has another image id than its name", Place: name));
            }

            if ((isImage || BundleFiles.IsReceipt(name)) && !_named.Contains(name))
            {
                intact.Add(new Finding(isImage ? "no receipt of the bundle names this image" : "no transition of the bundle begins where this receipt says", Place: name));
            }
        }
    }

    /// <summary>The claim's line of the verdict.</summary>
    public ClaimVerdict Line()
    {
        const string Nothing = "Nobody yet: there is no evidence to believe.";
        const string Who = "Whoever recomputed the image id from the module for your trust file, and a proof system that nobody outside has audited yet.";
        if (Fails.Value is { } first)
        {
            return ChainClaims.False(Claim.Proven, "proven", first, Who, Fails.Count);
        }

        if (!Any)
        {
            return new ClaimVerdict(Claim.Proven, "proven", Verdict.NotCovered, "the bundle has no receipts", Nothing);
        }

        var title = _proven == 0 || _sets.Count == 0 ? "proven" : Title();
        return _left is { } left
            ? new ClaimVerdict(Claim.Proven, title, Verdict.NotCovered, $"receipts prove {_proven} of {_transitions} transitions; {left}", _proven == 0 ? Nothing : Who)
            : new ClaimVerdict(Claim.Proven, title, Verdict.Holds, $"receipts prove that the modules gave every state and event of {_transitions} transitions", Who);
    }

    private string Title()
    {
        var images = _images.Count == 1 ? $"image id {_images.First()}" : $"{_images.Count} image ids";
        return $"proven ({images}; {string.Join("; ", _sets.Select(s => $"set {s.Key}: {s.Value.Weakest}"))})";
    }
}
