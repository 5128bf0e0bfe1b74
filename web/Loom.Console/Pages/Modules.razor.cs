using Loom.Web.Data;
using Microsoft.AspNetCore.Components;

namespace Loom.Web.Pages;

/// <summary>The registered modules: search, page, register. The address is the state.</summary>
public sealed partial class Modules
{
    private const int Size = 25;

    private ModulePage? _page;
    private bool _adding;
    private long _asked;

    /// <summary>Part of a name, an actor type or a hash.</summary>
    [SupplyParameterFromQuery(Name = "q")]
    public string? Text { get; set; }

    /// <summary>The page, from 1.</summary>
    [SupplyParameterFromQuery(Name = "page")]
    public int? Page { get; set; }

    /// <summary>Whether the form to register one is open.</summary>
    [SupplyParameterFromQuery(Name = "add")]
    public bool? Add { get; set; }

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync()
    {
        _adding |= Add == true;
        return ReadAsync();
    }

    private Task ReadAsync() => TryAsync(async ct =>
    {
        // Somebody types: only the answer to the last question is shown.
        var asked = ++_asked;
        var page = await Source.FindAsync(new ModuleQuery(Text, (Math.Clamp(Page ?? 1, 1, 10_000_000) - 1) * Size, Size), ct);
        if (asked == _asked)
        {
            _page = page;
        }
    });

    private string Address(string? text, int page) =>
        Navigation.GetUriWithQueryParameters(Navigation.ToAbsoluteUri("modules").ToString(), new Dictionary<string, object?>
        {
            ["q"] = string.IsNullOrEmpty(text) ? null : text,
            ["page"] = page > 1 ? page : null,
        });
}
