using Loom.Web.Data;
using Loom.Web.Parts;
using Microsoft.AspNetCore.Components;

namespace Loom.Web.Pages;

/// <summary>One module, by the hash that links name it by.</summary>
public sealed partial class OneModule
{
    private ModuleDetail? _module;
    private IReadOnlyList<ActorRow> _users = [];
    private string? _refusal;
    private bool _looked;
    private bool _busy;

    /// <summary>The module's hash, hex.</summary>
    [Parameter]
    public string Sha256 { get; set; } = "";

    private string Title => _module is { Row: var row } ? $"{row.Name}@{row.Version}" : $"Module {Texts.Short(Sha256)}";

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync()
    {
        (_module, _refusal, _looked) = (_module?.Row.Sha256 == Sha256 ? _module : null, null, false);
        return ReadAsync();
    }

    private Task ReadAsync() => TryAsync(async ct =>
    {
        _module = await Source.ModuleAsync(Sha256, ct);
        var sha256 = Sha256;
        var users = _module is null ? new ActorPage([], 0, 0) : await Actors.FindAsync(new ActorQuery(null, null, null, ActorOrder.Changed, 0, 10) { Module = sha256 }, ct);
        (_users, _looked) = (users.Rows, true);
        if (users.Lag > 0 && Ready)
        {
            // A directory that is behind catches up, and what is shown with it.
            _ = SoonAsync(Clock, () => sha256 == Sha256 ? ReadAsync() : Task.CompletedTask);
        }
    });

    private async Task UseAsync()
    {
        _busy = true;
        await TryAsync(async ct =>
        {
            _refusal = await Source.UseAsync(Sha256, ct);
            _module = await Source.ModuleAsync(Sha256, ct);
        });
        _busy = false;
    }
}
