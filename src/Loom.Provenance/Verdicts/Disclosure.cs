namespace Loom.Provenance;

/// <summary>Counts what could not be opened, and why.</summary>
internal sealed class Disclosure
{
    /// <summary>Event bodies left out of the bundle.</summary>
    public long HiddenEvents { get; set; }

    /// <summary>Command bodies left out of the bundle.</summary>
    public long HiddenCommands { get; set; }

    /// <summary>Transitions whose content is encrypted (or erased, when its key is gone).</summary>
    public long EncryptedTransitions { get; set; }

    /// <summary>Pieces of evidence that links name by digest only.</summary>
    public long Inputs { get; set; }

    /// <summary>States (at the head, or before the range) that are not in the bundle.</summary>
    public long States { get; set; }

    public string? Missing()
    {
        var parts = new List<string>();
        void Add(long count, string what)
        {
            if (count > 0)
            {
                parts.Add($"{what}: {count}");
            }
        }

        Add(HiddenEvents, "event bodies left out");
        Add(HiddenCommands, "command bodies left out");
        Add(EncryptedTransitions, "transitions encrypted or erased");
        Add(Inputs, "pieces of evidence named by digest only");
        Add(States, "states left out");
        return parts.Count == 0 ? null : string.Join("; ", parts);
    }
}
