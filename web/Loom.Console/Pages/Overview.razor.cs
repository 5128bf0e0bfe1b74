using Loom.Web.Data;

namespace Loom.Web.Pages;

/// <summary>Rates, health and what changed last.</summary>
public sealed partial class Overview
{
    private OverviewSnapshot? _now;
    private IReadOnlyList<ActorTypeSummary> _types = [];
    private IReadOnlyList<ActorRow> _recent = [];

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => TryAsync(ReadAsync);

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _ = EveryAsync(TimeSpan.FromSeconds(1), Clock, ReadAsync);
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        _now = await Source.SnapshotAsync(cancellationToken);
        _types = await Actors.TypesAsync(cancellationToken);
        _recent = (await Actors.FindAsync(new ActorQuery(null, null, null, ActorOrder.Changed, 0, 10), cancellationToken)).Rows;
    }
}
