using Loom.Web.Data;

namespace Loom.Web.Pages;

/// <summary>Leaves, keys, checkpoints and findings of the transparency log.</summary>
public sealed partial class Log
{
    private const int Step = 25;

    private LogFacts? _facts;
    private IReadOnlyList<CheckpointView> _checkpoints = [];

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => TryAsync(ReadAsync);

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _ = EveryAsync(TimeSpan.FromSeconds(2), Clock, ReadAsync);
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        _facts = await Source.FactsAsync(cancellationToken);
        if (_facts.Latest is { } latest && (_checkpoints.Count == 0 || _checkpoints[0].Size != latest.Size))
        {
            _checkpoints = await Source.CheckpointsAsync(null, Math.Max(Step, _checkpoints.Count), cancellationToken);
        }
    }

    private Task MoreAsync() => TryAsync(async ct =>
        _checkpoints = [.. _checkpoints, .. await Source.CheckpointsAsync(_checkpoints[^1].Size, Step, ct)]);
}
