using Loom.Core;

namespace Loom.Provenance;

/// <summary>
/// Takes parts out of a transition. What opens a hidden part goes with it: the transition salt would give every part salt, so it is
/// replaced by the salts of what stays; the SHA-256 of a command kept as a blob is unsalted, so it goes too.
/// </summary>
internal static class Hiding
{
    /// <summary>The opening that stays.</summary>
    public static Opening Of(Opening opening, int events, BundleHide hide)
    {
        if (hide == BundleHide.None)
        {
            return opening;
        }

        var salts = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        void Keep(string label)
        {
            if (opening.PartSalt(label) is { } salt)
            {
                salts[label] = salt;
            }
        }

        var commands = !hide.HasFlag(BundleHide.Commands);
        if (commands)
        {
            Keep(Salts.Command);
        }

        for (var i = 0; i < events && !hide.HasFlag(BundleHide.Data); i++)
        {
            Keep(Salts.Event(i));
        }

        return new Opening
        {
            PartSalts = salts,
            Command = commands ? opening.Command : null,
            CommandBlob = commands ? opening.CommandBlob : null,
        };
    }

    /// <summary>The event that stays.</summary>
    public static StreamLine Of(StreamLine line, BundleHide hide) =>
        hide.HasFlag(BundleHide.Data) ? line with { Data = default, IsNull = true } : line;
}
