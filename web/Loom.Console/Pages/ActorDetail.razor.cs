using System.Globalization;
using Loom.Web.Data;
using Loom.Web.Json;
using Loom.Web.Parts;
using Microsoft.AspNetCore.Components;

namespace Loom.Web.Pages;

/// <summary>
/// One actor. The whole page stands at one transition, <see cref="N"/>: state, diff, chain and details are those of that moment. Without
/// it the page stands at now and follows.
/// </summary>
public sealed partial class ActorDetail
{
    private ActorHead? _head;
    private StateAt? _state;
    private StateNode? _tree;
    private TransitionDetail? _detail;
    private long _number;
    private bool _looked;
    private bool _sending;
    private string? _watched;
    private CancellationTokenSource? _watch;
    private CancellationTokenSource? _reading;

    /// <summary>The actor's stream.</summary>
    [Parameter]
    public string Stream { get; set; } = "";

    /// <summary>The transition to stand at; null for now.</summary>
    [SupplyParameterFromQuery(Name = "n")]
    public long? N { get; set; }

    /// <summary>Instead of <see cref="N"/>, the revision of an event of the transition.</summary>
    [SupplyParameterFromQuery(Name = "revision")]
    public long? Revision { get; set; }

    /// <summary>Whether the form to send a command is open.</summary>
    [SupplyParameterFromQuery(Name = "send")]
    public bool? Send { get; set; }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (_watched is not null && _watched != Stream)
        {
            (_head, _state, _detail, _tree, _looked) = (null, null, null, null, false);
            Watch();
        }

        _sending |= Send == true;
        await ReadAsync();
    }

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            Watch();
        }
    }

    private void Watch()
    {
        _watch?.Cancel();
        _watch = CancellationTokenSource.CreateLinkedTokenSource(Life);
        _watched = Stream;
        _ = FollowAsync(Stream, _watch.Token);
    }

    private Task FollowAsync(string stream, CancellationToken cancellationToken) => TryAsync(async _ =>
    {
        try
        {
            await foreach (var head in Source.WatchAsync(stream, cancellationToken))
            {
                if (_head is null || head.Transitions != _head.Transitions)
                {
                    await ReadAsync();
                    StateHasChanged();
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    });

    private Task ReadAsync() => TryAsync(async life =>
    {
        // A slider moves faster than histories replay: only the last place asked for is read to its end.
        _reading?.Cancel();
        var reading = _reading = CancellationTokenSource.CreateLinkedTokenSource(life);
        try
        {
            await ReadAsync(Stream, reading.Token);
        }
        catch (OperationCanceledException) when (reading.IsCancellationRequested && !life.IsCancellationRequested)
        {
        }
    });

    private async Task ReadAsync(string stream, CancellationToken ct)
    {
        var head = await Source.HeadAsync(stream, ct);
        if (head is null)
        {
            _looked = true;
            return;
        }

        var wanted = N ?? (Revision is { } r ? await Source.NumberOfAsync(stream, r, ct) : null);
        var number = Math.Clamp(wanted ?? long.MaxValue, 0, head.Transitions - 1);
        var state = await Source.StateAsync(stream, number, ct);
        var before = number > 0 ? await Source.StateAsync(stream, number - 1, ct) : null;
        var detail = await Source.TransitionAsync(stream, number, ct);
        ct.ThrowIfCancellationRequested();
        (_head, _number, _state, _detail) = (head, number, state, detail);
        _tree = state?.Json is { } json ? StateNode.Compare(before?.Json, json) : null;
        _looked = true;
    }

    private void Travel(long number) => Navigation.NavigateTo(
        number == _head!.Transitions - 1 ? Texts.ActorUrl(Stream) : Texts.ActorUrl(Stream, number), replace: true);

    private async Task SentAsync(CommandAnswer answer)
    {
        if (answer.Accepted && N is not null)
        {
            Navigation.NavigateTo(Texts.ActorUrl(Stream), replace: true);
        }

        await ReadAsync();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _watch?.Dispose();
        _reading?.Dispose();
    }
}
