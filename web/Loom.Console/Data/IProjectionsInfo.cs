namespace Loom.Web.Data;

/// <summary>The projections behind the pages: every page shows how far behind they are.</summary>
public interface IProjectionsInfo
{
    /// <summary>Each projection now.</summary>
    Task<IReadOnlyList<ProjectionView>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Starts to rebuild one from the start of the journal; its <see cref="ProjectionView.Progress"/> shows how far it is.</summary>
    /// <returns>Null when it began, else why not.</returns>
    Task<string?> RebuildAsync(string name, CancellationToken cancellationToken);
}

/// <summary>A projection now.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Lag">Events it has not seen yet.</param>
/// <param name="Position">The position it has seen; null before the first.</param>
/// <param name="Progress">0 to 1 while it rebuilds; null otherwise.</param>
/// <param name="Fault">What stopped it, with the remedy; null when it runs.</param>
public sealed record ProjectionView(string Name, long Lag, ulong? Position, double? Progress, string? Fault);
