using Loom.Core;

namespace Loom.Provenance;

/// <summary>Checks the bodies of large commands, which are files of their own, against the links that name them.</summary>
internal sealed class CommandBlobs(Bundle bundle)
{
    private readonly HashSet<Digest> _named = [];

    /// <summary>Why a blob does not open a link's digest of its command; null when it does.</summary>
    public string? Differs(Digest content, byte[]? salt, Digest digest)
    {
        _named.Add(content);
        return bundle.File(BundleFiles.Command(content)) is not { } body ? $"the command's body, {BundleFiles.Command(content)}, is missing from the bundle"
            : body.Length <= TransitionWriter.MaxInlineCommand ? $"the command's body, {BundleFiles.Command(content)}, is a file of its own, which only bodies above {TransitionWriter.MaxInlineCommand} bytes are"
            : Digest.Of(body.Span) != content ? $"the command's body, {BundleFiles.Command(content)}, has another SHA-256 than its name"
            : salt is null || Salts.DigestOf(salt, body.Span) != digest ? "the command's body, a file of its own, does not open its digest"
            : null;
    }

    /// <summary>After all streams: files that no link names.</summary>
    public void CheckUnnamed(FirstFinding intact)
    {
        foreach (var (name, _) in bundle.Files)
        {
            if (BundleFiles.IsCommand(name, out var content) && !_named.Contains(content))
            {
                intact.Add(new Finding("no transition of the bundle names this body of a command", Place: name));
            }
        }
    }
}
