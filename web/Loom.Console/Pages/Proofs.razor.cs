using System.Globalization;
using Loom.Web.Data;
using Loom.Web.Parts;
using Microsoft.AspNetCore.Components;

namespace Loom.Web.Pages;

/// <summary>The queue of proofs: by standing and actor, a page at a time, as it is now. The address is the state.</summary>
public sealed partial class Proofs
{
    private const int Size = 25;

    private static readonly (string Name, string Text, ProofState[] States)[] Filters =
    [
        ("", "All", []),
        ("running", "Running", [ProofState.Running]),
        ("waiting", "Waiting", [ProofState.Queued, ProofState.Waiting]),
        ("parked", "Parked", [ProofState.Parked]),
        ("proven", "Proven", [ProofState.Proven]),
        ("cancelled", "Called off", [ProofState.Cancelled]),
    ];

    private ProofsNow? _now;
    private ProofsPage? _page;
    private long _asked;

    /// <summary>Proofs in this standing.</summary>
    [SupplyParameterFromQuery(Name = "state")]
    public string? State { get; set; }

    /// <summary>Part of an actor's name.</summary>
    [SupplyParameterFromQuery(Name = "actor")]
    public string? Actor { get; set; }

    /// <summary>Proofs queued before this one.</summary>
    [SupplyParameterFromQuery(Name = "before")]
    public long? Before { get; set; }

    private (string Name, string Text, ProofState[] States) Wanted => Filters.FirstOrDefault(f => f.Name == State, Filters[0]);

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync() => ReadAsync();

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _ = EveryAsync(TimeSpan.FromSeconds(1), Clock, ReadAsync);
        }
    }

    private Task ReadAsync() => TryAsync(ReadAsync);

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        // Somebody types: only the answer to the last question is shown.
        var asked = ++_asked;
        var now = await Source.NowAsync(cancellationToken);
        var page = await Source.FindAsync(new ProofsQuery(Wanted.States, Actor, Before, Size), cancellationToken);
        if (asked == _asked)
        {
            (_now, _page) = (now, page);
        }
    }

    private IEnumerable<(string Name, string Value)> FiguresOf(ProofsNow now) =>
    [
        ("to be made", Texts.Count(now.Open)),
        ("oldest of them", now.Oldest is { } oldest ? Texts.Span(Clock.GetUtcNow() - oldest) : "–"),
        ("proven", Texts.Count(now.ByState[ProofState.Proven])),
        ("parked", Texts.Count(now.ByState[ProofState.Parked])),
        ("decided to prove", Texts.Count(now.DecidedToProve)),
        ("decided not to", Texts.Count(now.DecidedNotTo)),
        ("made by", now.InCharge ? "this host" : now.On ? "another host, or nobody yet" : "nobody"),
    ];

    private string Address(string state, string? actor, long? before) =>
        Navigation.GetUriWithQueryParameters(Navigation.ToAbsoluteUri("proofs").ToString(), new Dictionary<string, object?>
        {
            ["state"] = state.Length == 0 ? null : state,
            ["actor"] = string.IsNullOrEmpty(actor) ? null : actor,
            ["before"] = before?.ToString(CultureInfo.InvariantCulture),
        });
}
