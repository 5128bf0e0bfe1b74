using System.Globalization;
using Loom.Web.Data;
using Microsoft.AspNetCore.Components;

namespace Loom.Web.Pages;

/// <summary>The whole journal, newest event first.</summary>
public sealed partial class Journal
{
    private const int Size = 50;

    private JournalFacts? _facts;
    private IReadOnlyList<JournalEvent> _events = [];

    /// <summary>Streams that begin with this.</summary>
    [SupplyParameterFromQuery(Name = "prefix")]
    public string? Prefix { get; set; }

    /// <summary>Events before this position.</summary>
    [SupplyParameterFromQuery(Name = "before")]
    public string? Before { get; set; }

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync() => TryAsync(async ct =>
    {
        ulong? before = ulong.TryParse(Before, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : null;
        _facts = await Source.FactsAsync(ct);
        _events = await Source.EventsAsync(before, Size, string.IsNullOrEmpty(Prefix) ? null : Prefix, ct);
    });

    private string Address(string? prefix, ulong? before) =>
        Navigation.GetUriWithQueryParameters(Navigation.ToAbsoluteUri("journal").ToString(), new Dictionary<string, object?>
        {
            ["prefix"] = string.IsNullOrEmpty(prefix) ? null : prefix,
            ["before"] = before?.ToString(CultureInfo.InvariantCulture),
        });
}
