using Loom.Web.Data;
using Loom.Web.Parts;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Loom.Web.Actor;

/// <summary>
/// The part of the chain around the transition that the page stands at, as much as there is room for. A node leads to its transition.
/// </summary>
public sealed partial class Chain : Living
{
    private IReadOnlyList<TransitionRow> _rows = [];
    private IReadOnlyDictionary<string, ProofRow> _marks = new Dictionary<string, ProofRow>();
    private DotNetObjectReference<Chain>? _self;
    private string _stream = "";
    private int _width = 1160;
    private long _from;
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

    private ChainLayout Layout { get; set; } = ChainLayout.Of([], 0, 0);

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync() => TryAsync(ReadAsync);

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _self = DotNetObjectReference.Create(this);
            await TryAsync(async ct => await Js.InvokeVoidAsync("loom.watchWidth", ct, "chain", _self));
            _ = EveryAsync(TimeSpan.FromSeconds(1), Clock, ct => _rows.Any(r => r.CheckpointSize is null) ? ReadAsync(ct) : MarkAsync(ct));
        }

        if (_shown != Number && Layout.Nodes.FirstOrDefault(n => n.Row.Number == Number) is { } node)
        {
            _shown = Number;
            await TryAsync(async ct => await Js.InvokeVoidAsync("loom.center", ct, "chain", node.Middle));
        }
    }

    /// <summary>The browser says how much room there is, now and after every change.</summary>
    [JSInvokable]
    public async Task WidthChangedAsync(int width)
    {
        if (width > 0 && width != _width)
        {
            _width = width;
            _shown = -1;
            await TryAsync(ReadAsync);
            StateHasChanged();
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _self?.Dispose();
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        // The window moves only when the transition reaches its edge: nodes stay where a hand just found them.
        var count = ChainLayout.Fitting(_width);
        var last = Math.Max(0, Head.Transitions - count);
        if (_stream != Stream || _from > last || (Number <= _from && _from > 0) || (Number >= _from + count - 1 && _from < last))
        {
            (_stream, _from) = (Stream, Math.Clamp(Number - (count / 2), 0, last));
        }

        _rows = await Source.TransitionsAsync(Stream, _from, count, cancellationToken);
        Layout = ChainLayout.Of(_rows, Head.Transitions, _width);
        await MarkAsync(cancellationToken);
    }

    private async Task MarkAsync(CancellationToken cancellationToken) => _marks = await Proofs.MarksAsync([.. _rows.Select(r => r.Link)], cancellationToken);
}
