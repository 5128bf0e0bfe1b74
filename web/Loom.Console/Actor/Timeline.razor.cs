using Loom.Web.Data;
using Loom.Web.Parts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web.Virtualization;
using Microsoft.JSInterop;

namespace Loom.Web.Actor;

/// <summary>Every transition, newest first; only those in view are read.</summary>
public sealed partial class Timeline
{
    private const int ItemHeight = 46;

    private Virtualize<TransitionRow>? _list;
    private IReadOnlyDictionary<string, ProofRow> _marks = new Dictionary<string, ProofRow>();
    private IReadOnlyList<string> _inView = [];
    private long _known = -1;
    private long _shown = -1;
    private string _stream = "";

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

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _ = EveryAsync(TimeSpan.FromSeconds(2), Clock, MarkAsync);
        }

        if (!firstRender && _list is not null && (_known != Head.Transitions || _stream != Stream))
        {
            (_known, _stream) = (Head.Transitions, Stream);
            await _list.RefreshDataAsync();
            StateHasChanged();
        }

        // What was reached by address, slider or key comes into view; what was clicked in the list is there already.
        if (RendererInfo.IsInteractive && _shown != Number)
        {
            _shown = Number;
            try
            {
                await Js.InvokeVoidAsync("loom.reveal", "timeline", (Head.Transitions - 1 - Number) * ItemHeight, ItemHeight);
            }
            catch (JSDisconnectedException)
            {
            }
        }
    }

    private async ValueTask<ItemsProviderResult<TransitionRow>> ItemsAsync(ItemsProviderRequest request)
    {
        var total = Head.Transitions;
        _known = total;
        _stream = Stream;
        var count = (int)Math.Min(request.Count, total - request.StartIndex);
        if (count <= 0)
        {
            return new([], (int)total);
        }

        var rows = await Source.TransitionsAsync(Stream, total - request.StartIndex - count, count, request.CancellationToken);
        _inView = [.. rows.Select(r => r.Link)];
        await MarkAsync(request.CancellationToken);
        return new(rows.Reverse(), (int)total);
    }

    private async Task MarkAsync(CancellationToken cancellationToken) => _marks = await Proofs.MarksAsync(_inView, cancellationToken);
}
