namespace Loom.Provenance;

/// <summary>A check that failed, and where.</summary>
internal sealed record Finding(string Reason, string? Stream = null, long? Revision = null, string? Place = null);

/// <summary>
/// Keeps the first finding of one claim; later ones usually follow from it. One that names the transition beats one that only names a file:
/// it says the same more precisely.
/// </summary>
internal sealed class FirstFinding
{
    public Finding? Value { get; private set; }

    public long Count { get; private set; }

    public void Add(Finding finding)
    {
        if (Value is null || (Value.Revision is null && finding.Revision is not null))
        {
            Value = finding;
        }

        Count++;
    }
}
