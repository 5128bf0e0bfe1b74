using Loom.Core;

namespace Loom.Journal.Blobs;

/// <summary>A link whose command's body is a blob.</summary>
/// <param name="Stream">Its stream.</param>
/// <param name="Revision">Its revision.</param>
/// <param name="Salt">What opens the digest; null when it is not disclosed.</param>
/// <param name="Command">The link's digest of the body.</param>
internal sealed record CommandNaming(StreamName Stream, long Revision, byte[]? Salt, Digest Command)
{
    public string Place => $"{Stream} at revision {Revision}";
}

/// <summary>Learns from events which blobs a journal names: as the bodies of commands, or by any mention of a hash that a stored blob has.</summary>
/// <param name="stored">The hashes of stored blobs whose mentions are looked for.</param>
internal sealed class BlobNaming(IReadOnlySet<Digest> stored)
{
    private const int HexDigits = Digest.Size * 2;
    private readonly Dictionary<Digest, List<CommandNaming>> _commands = [];
    private readonly HashSet<Digest> _mentioned = [];

    private static ReadOnlySpan<byte> CommandMark => "\"commandBlob\":\""u8;

    private static ReadOnlySpan<byte> EncryptionMark => "\"enc\":{\"key\":"u8;

    /// <summary>The bodies of commands, with the links that name them.</summary>
    public IReadOnlyDictionary<Digest, List<CommandNaming>> Commands => _commands;

    /// <summary>Stored blobs whose hash occurs in some event.</summary>
    public IReadOnlySet<Digest> Mentioned => _mentioned;

    /// <summary>Whether a transition is encrypted: what it names cannot be seen.</summary>
    public bool AnyEncrypted { get; private set; }

    /// <summary>Whether a record's payload can hold a name at all; most do not, and need not be taken apart.</summary>
    public bool MayName(ReadOnlySpan<byte> payload) =>
        stored.Count > 0 || payload.IndexOf(CommandMark) >= 0 || payload.IndexOf(EncryptionMark) >= 0;

    /// <summary>Looks at an event; gives the body that it names, when it is the first to.</summary>
    public Digest? Accept(RecordedEvent e)
    {
        if (stored.Count > 0)
        {
            Mentions(e.Data.Span);
            Mentions(e.Metadata.Span);
        }

        AnyEncrypted |= e.Metadata.Span.IndexOf(EncryptionMark) >= 0;
        if (e.Metadata.Span.IndexOf(CommandMark) < 0 || Read(e) is not var (link, opening) || opening.CommandBlob is not { } content)
        {
            return null;
        }

        var isFirst = !_commands.TryGetValue(content, out var namings);
        if (isFirst)
        {
            _commands[content] = namings = [];
        }

        namings!.Add(new CommandNaming(link.Stream, link.Revision, opening.PartSalt(Salts.Command), link.Command.Digest));
        return isFirst ? content : null;
    }

    // A link that cannot be read is somebody else's finding.
    private static (Link Link, Opening Opening)? Read(RecordedEvent e)
    {
        try
        {
            return TransitionReader.Read(e);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private void Mentions(ReadOnlySpan<byte> text)
    {
        for (var start = 0; start < text.Length;)
        {
            var skip = text[start..].IndexOfAnyInRange((byte)'0', (byte)'f');
            if (skip < 0)
            {
                return;
            }

            start += skip;
            var length = 0;
            while (start + length < text.Length && text[start + length] is (>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f'))
            {
                length++;
            }

            if (length == HexDigits)
            {
                var digest = new Digest(Convert.FromHexString(System.Text.Encoding.ASCII.GetString(text.Slice(start, length))));
                if (stored.Contains(digest))
                {
                    _mentioned.Add(digest);
                }
            }

            start += Math.Max(length, 1);
        }
    }
}
