using Loom.Web.Data;
using Microsoft.AspNetCore.Components;

namespace Loom.Web.Pages;

/// <summary>The directory: search, filter, page. The address is the state.</summary>
public sealed partial class Actors
{
    private const int Size = 50;

    private ActorPage? _page;
    private IReadOnlyList<ActorTypeSummary> _types = [];
    private long _asked;
    private Choice? _going;

    /// <summary>Part of a name.</summary>
    [SupplyParameterFromQuery(Name = "q")]
    public string? Text { get; set; }

    /// <summary>An actor type.</summary>
    [SupplyParameterFromQuery(Name = "type")]
    public string? Type { get; set; }

    /// <summary>A state label.</summary>
    [SupplyParameterFromQuery(Name = "label")]
    public string? Label { get; set; }

    /// <summary>Nothing (latest first), name or length.</summary>
    [SupplyParameterFromQuery(Name = "order")]
    public string? Order { get; set; }

    /// <summary>The page, from 1.</summary>
    [SupplyParameterFromQuery(Name = "page")]
    public int? Page { get; set; }

    /// <summary>The hash of the module that actors have.</summary>
    [SupplyParameterFromQuery(Name = "module")]
    public string? Module { get; set; }

    private bool Filtered => !string.IsNullOrEmpty(Module) || !string.IsNullOrEmpty(Text) || !string.IsNullOrEmpty(Type) || !string.IsNullOrEmpty(Label);

    private IEnumerable<string> Labels => _types
        .Where(t => string.IsNullOrEmpty(Type) || t.Name == Type)
        .SelectMany(t => t.Labels)
        .Select(l => l.Label)
        .Where(l => l.Length > 0)
        .Distinct(StringComparer.Ordinal)
        .Order(StringComparer.Ordinal);

    // The address comes back from the browser later than the next keystroke may: a change starts from what was chosen last.
    private Choice Wanted => _going ?? Current;

    private Choice Current => new(Empty(Text), Empty(Type), Empty(Label), Empty(Order));

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync()
    {
        if (_going == Current)
        {
            _going = null;
        }

        return ReadAsync();
    }

    private Task ReadAsync() => TryAsync(async ct =>
    {
        // Somebody types: only the answer to the last question is shown.
        var asked = ++_asked;
        var order = Order switch { "name" => ActorOrder.Name, "length" => ActorOrder.Length, _ => ActorOrder.Changed };
        var skip = (Math.Clamp(Page ?? 1, 1, 10_000_000) - 1) * Size;
        var page = await Source.FindAsync(new ActorQuery(Text, Type, Label, order, skip, Size) { Module = Module }, ct);
        if (_types.Count == 0 || page.Rows.Count == 0)
        {
            _types = await Source.TypesAsync(ct);
        }

        if (asked == _asked)
        {
            _page = page;
            if (page.Lag > 0 && Ready)
            {
                // A directory that is behind catches up, and what is shown with it.
                _ = SoonAsync(Clock, () => asked == _asked ? ReadAsync() : Task.CompletedTask);
            }
        }
    });

    private void Go(Choice wanted)
    {
        if (wanted != Wanted)
        {
            _going = wanted;
            Navigation.NavigateTo(Address(wanted, 1), replace: true);
        }
    }

    private string Address(Choice choice, int page) =>
        Navigation.GetUriWithQueryParameters(Navigation.ToAbsoluteUri("actors").ToString(), new Dictionary<string, object?>
        {
            ["q"] = choice.Text,
            ["type"] = choice.Type,
            ["label"] = choice.Label,
            ["order"] = choice.Order,
            ["module"] = Empty(Module),
            ["page"] = page > 1 ? page : null,
        });

    private static string? Given(ChangeEventArgs change) => Empty(change.Value?.ToString());

    private static string? Empty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private sealed record Choice(string? Text, string? Type, string? Label, string? Order);
}
