using Loom.Core;

namespace Loom.Provenance;

/// <summary>Adds the bodies of large commands to a bundle's files, each once, as the lines name them.</summary>
internal sealed class CommandFiles(IReadOnlyDictionary<Digest, ReadOnlyMemory<byte>> blobs, BundleContents files)
{
    private int _count;

    public bool Any => _count > 0;

    /// <summary>Adds what this opening names; says why it cannot be added, else null.</summary>
    public string? Add(Opening opening)
    {
        if (opening.CommandBlob is not { } content)
        {
            return null;
        }

        if (!blobs.TryGetValue(content, out var body))
        {
            return $"the blob {content} with its command's body is not at hand; put it back from a backup, or leave commands out";
        }

        if (Digest.Of(body.Span) != content)
        {
            return $"what was given as the blob {content} with its command's body is something else";
        }

        if (files.TryAdd(BundleFiles.Command(content), body))
        {
            _count++;
        }

        return _count <= BundleFiles.MaxCommands ? null
            : $"a bundle holds at most {BundleFiles.MaxCommands} commands of this size; export fewer streams, or leave commands out";
    }
}
