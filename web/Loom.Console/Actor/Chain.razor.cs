using Loom.Web.Data;
using Loom.Web.Parts;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Loom.Web.Actor;

/// <summary>The part of the chain around the transition that the page stands at. A node leads to its transition.</summary>
public sealed partial class Chain : Living
{
    private const int Window = 9;

    private IReadOnlyList<TransitionRow> _rows = [];
    private long _shown = -1;

    /// <summary>The actor.</summary>
    [Parameter, EditorRequired]
    public string Stream { get; set; } = "";

    /// <summary>The transition the page stands at.</summary>
    [Parameter, EditorRequired]
    public long Number { get; set; }

    /// <summary>The actor now.</summary>
    [Parameter, EditorRequired]
    public ActorHead Head { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    private ChainLayout Layout { get; set; } = ChainLayout.Of([], 0);

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync() => TryAsync(ReadAsync);

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _ = EveryAsync(TimeSpan.FromSeconds(1), Clock, ct => _rows.Any(r => r.CheckpointSize is null) ? ReadAsync(ct) : Task.CompletedTask);
        }

        if (_shown != Number && Layout.Nodes.FirstOrDefault(n => n.Row.Number == Number) is { } node)
        {
            _shown = Number;
            await TryAsync(async ct => await Js.InvokeVoidAsync("loom.center", ct, "chain", node.Middle));
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var from = Math.Clamp(Number - (Window / 2), 0, Math.Max(0, Head.Transitions - Window));
        _rows = await Source.TransitionsAsync(Stream, from, Window, cancellationToken);
        Layout = ChainLayout.Of(_rows, Head.Transitions);
    }
}
