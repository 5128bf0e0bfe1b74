using Microsoft.AspNetCore.Components;

namespace Loom.Web.Parts;

/// <summary>
/// A component with background work: everything it starts ends with it, and what goes wrong is kept in <see cref="Fault"/> to be drawn.
/// </summary>
public abstract class Living : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _life = new();

    /// <summary>Cancelled when the component goes away.</summary>
    protected CancellationToken Life => _life.Token;

    /// <summary>What went wrong last, for people; null when nothing did.</summary>
    protected string? Fault { get; set; }

    /// <summary>Whether the browser is connected, so that clicks arrive.</summary>
    protected bool Ready => RendererInfo.IsInteractive;

    /// <summary>Runs work and keeps its failure.</summary>
    protected async Task TryAsync(Func<CancellationToken, Task> work)
    {
        try
        {
            await work(Life);
            Fault = null;
        }
        catch (OperationCanceledException) when (Life.IsCancellationRequested)
        {
        }
#pragma warning disable CA1031 // Drawn by the page; a page must not take its circuit down.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fault = e.Message;
        }
    }

    /// <summary>Does something now and then every <paramref name="period"/> while the component lives.</summary>
    protected async Task EveryAsync(TimeSpan period, TimeProvider clock, Func<CancellationToken, Task> work)
    {
        using var timer = new PeriodicTimer(period, clock);
        try
        {
            do
            {
                await TryAsync(work);
                StateHasChanged();
            }
            while (await timer.WaitForNextTickAsync(Life));
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>Does something once, a second from now, unless the component is gone by then.</summary>
    protected async Task SoonAsync(TimeProvider clock, Func<Task> work)
    {
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(1), clock, Life);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        await work();
        StateHasChanged();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends what the component started.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing && !_life.IsCancellationRequested)
        {
            _life.Cancel();
            _life.Dispose();
        }
    }
}
