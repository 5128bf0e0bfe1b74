using Loom.Web.Data;

namespace Loom.Web.Pages;

/// <summary>Durable events as they happen, newest first.</summary>
public sealed partial class Live
{
    private const int Kept = 200;

    private readonly LinkedList<LiveEvent> _events = new();
    private readonly List<LiveEvent> _waiting = [];
    private string _only = "";
    private bool _paused;
    private long _held;

    private List<LiveEvent> Shown => [.. _events.Where(Matches)];

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _ = FollowAsync();
        }
    }

    private async Task FollowAsync()
    {
        await TryAsync(async ct =>
        {
            // Drawn at most ten times a second, however fast events come.
            var drawn = 0L;
            await foreach (var e in Source.FollowAsync(100, ct))
            {
                if (_paused)
                {
                    Hold(e);
                }
                else
                {
                    Show(e);
                }

                if (Environment.TickCount64 - drawn > 100)
                {
                    drawn = Environment.TickCount64;
                    StateHasChanged();
                }
                else if (_waiting.Count == 0)
                {
                    _ = DrawSoonAsync(ct);
                }
            }
        });
        StateHasChanged();
    }

    private bool _soon;

    private async Task DrawSoonAsync(CancellationToken cancellationToken)
    {
        if (_soon)
        {
            return;
        }

        _soon = true;
        try
        {
            await Task.Delay(120, cancellationToken);
            _soon = false;
            StateHasChanged();
        }
        catch (OperationCanceledException)
        {
        }
    }

    private void Show(LiveEvent e)
    {
        _events.AddFirst(e);
        if (_events.Count > Kept)
        {
            _events.RemoveLast();
        }
    }

    private void Hold(LiveEvent e)
    {
        _held++;
        _waiting.Add(e);
        if (_waiting.Count > Kept)
        {
            _waiting.RemoveAt(0);
        }
    }

    private void Pause()
    {
        _paused = !_paused;
        _waiting.ForEach(Show);
        _waiting.Clear();
        _held = 0;
    }

    private bool Matches(LiveEvent e) =>
        _only.Length == 0
        || e.Stream.Contains(_only, StringComparison.OrdinalIgnoreCase)
        || e.Type.Contains(_only, StringComparison.OrdinalIgnoreCase)
        || (e.Principal?.Contains(_only, StringComparison.OrdinalIgnoreCase) ?? false)
        || e.Correlation == _only;
}
