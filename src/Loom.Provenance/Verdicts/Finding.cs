namespace Loom.Provenance;

/// <summary>A check that failed, and where.</summary>
internal sealed record Finding(string Reason, string? Stream = null, long? Revision = null, string? Place = null);

/// <summary>Keeps the first finding of one claim; later ones usually follow from it.</summary>
internal sealed class FirstFinding
{
    public Finding? Value { get; private set; }

    public long Count { get; private set; }

    public void Add(Finding finding)
    {
        Value ??= finding;
        Count++;
    }
}
