using Loom.Web.Data;
using Loom.Web.Parts;
using Microsoft.AspNetCore.Components;

namespace Loom.Web.Pages;

/// <summary>The proof of one transition, by its link: how it stands, and its receipt once there is one.</summary>
public sealed partial class OneProof
{
    private ProofRow? _row;
    private ProofsNow? _now;
    private ReceiptDetail? _receipt;
    private string _shown = "";
    private bool _looked;

    /// <summary>The hash of the transition's link, hex.</summary>
    [Parameter]
    public string Link { get; set; } = "";

    private ProofRights? Rights => _now?.Rights;

    private string Title => _row is null ? $"Proof {Texts.Short(Link)}" : _row.Receipt is null ? $"Proof of {_row.Stream}" : $"Receipt of {_row.Stream}";

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync()
    {
        if (_shown != Link)
        {
            (_row, _receipt, _looked, _shown) = (null, null, false, Link);
        }

        return ReadAsync();
    }

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            // A receipt stays as it is; until it is there, something may happen.
            _ = EveryAsync(TimeSpan.FromSeconds(1), Clock, ct => _receipt is null ? ReadAsync(ct) : Task.CompletedTask);
        }
    }

    private Task ReadAsync() => TryAsync(ReadAsync);

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var link = Link;
        var row = await Source.ProofAsync(link, cancellationToken);
        var now = await Source.NowAsync(cancellationToken);
        var receipt = row?.Receipt is null ? null : await Receipts.ReceiptAsync(link, cancellationToken);
        if (link == Link)
        {
            (_row, _now, _receipt, _looked) = (row, now, receipt, true);
        }
    }

    private static string Sentence(ProofRow row) => row.State switch
    {
        ProofState.Queued => "It waits for its turn: proofs are made one after the other, oldest first.",
        ProofState.Running => "A prover is at work on it. The receipt is verified here before it is journaled.",
        ProofState.Waiting => $"It did not come about, and is tried again{(row.Until is { } until ? $" at {Texts.Time(until)} UTC" : "")}.",
        ProofState.Parked => "It is tried no more unless somebody says so: mend what the reason names, then retry.",
        ProofState.Cancelled => "Somebody called it off. The transition stands in the chain as before, without a proof.",
        _ => "Its receipt is in the journal.",
    };
}
