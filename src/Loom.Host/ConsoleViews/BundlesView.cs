using System.Text;
using Loom.Core;
using Loom.Hosting.Access;
using Loom.Hosting.Api;
using Loom.Hosting.Configuration;
using Loom.Hosting.Problems;
using Loom.Hosting.Provenance;
using Loom.Provenance;
using Loom.Web.Data;
using ClaimVerdict = Loom.Web.Data.ClaimVerdict;

namespace Loom.Hosting.ConsoleViews;

/// <summary>Bundles as the console asks for them.</summary>
internal sealed class BundlesView(BundleExporter exporter, ServerVerifier verifier, OwnTrust ownTrust, LiveSettings settings, RequestPlaces places, PersonAtConsole person) : IBundles
{
    public async Task<BundleExport> ExportAsync(ExportRequest request, CancellationToken cancellationToken)
    {
        var caller = await person.WhoAsync();
        if (!caller.May(Permission.Bundles))
        {
            return No($"{caller.Principal} may not export bundles; it takes one of the roles {string.Join(", ", AccessTable.Having(Permission.Bundles))}.");
        }

        var hide = (request.HideData ? BundleHide.Data : BundleHide.None) | (request.HideCommands ? BundleHide.Commands : BundleHide.None);
        try
        {
            using var place = places.Exports.Take();
            var bundle = await exporter.ExportAsync([.. request.Streams.Select(Answer.Actor)], hide, null, cancellationToken);
            return new BundleExport(bundle.FileName, bundle.Content, bundle.TreeSize, null);
        }
        catch (RefusedException e)
        {
            return No(e.Refusal.Detail);
        }
        catch (Journal.JournalException e)
        {
            return No(e.Message);
        }
    }

    public async Task<VerdictReport> VerifyAsync(Stream bundle, string trustJson, CancellationToken cancellationToken)
    {
        TrustRoot trust;
        try
        {
            trust = TrustRoot.Parse(Encoding.UTF8.GetBytes(trustJson));
        }
        catch (FormatException e)
        {
            return new VerdictReport(2, e.Message, [], []);
        }

        IDisposable place;
        try
        {
            place = places.Verifications.Take();
        }
        catch (RefusedException e)
        {
            return new VerdictReport(2, e.Refusal.Detail, [], []);
        }

        using var _ = place;

        // What the browser sends can only be read asynchronously; the verifier reads synchronously.
        await using var file = new FileStream(
            Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        await bundle.CopyToAsync(file, cancellationToken);
        file.Position = 0;
        var report = await verifier.VerifyAsync(file, trust, null, settings.Now.Integer("limits.bundle"), cancellationToken);
        return new VerdictReport(
            report.ExitCode, report.Malformed is { } bad ? $"{report.Conclusion}: {bad.Message}" : report.Conclusion,
            [.. report.Claims.Select(c => new ClaimVerdict(
                c.Title, c.Verdict switch { Verdict.Holds => ClaimOutcome.Holds, Verdict.False => ClaimOutcome.False, _ => ClaimOutcome.NotCovered },
                report.Required.Contains(c.Claim), Where(c) + c.Reason, c.WhoHasToBeBelieved))],
            [.. (report.Bundle?.Streams ?? []).Select(s => new Loom.Web.Data.BundleStream(s.Name, s.Transitions, s.Head?.ToString() ?? ""))]);
    }

    public async Task<string> OwnTrustAsync(CancellationToken cancellationToken) =>
        Encoding.UTF8.GetString((await ownTrust.ReadAsync(cancellationToken)).Write());

    private static string Where(Loom.Provenance.ClaimVerdict c)
    {
        string?[] place = [c.Stream, c.Revision is { } r ? $"revision {r}" : null, c.Place];
        var text = string.Join(", ", place.Where(p => !string.IsNullOrEmpty(p)));
        return text.Length == 0 ? "" : text + ": ";
    }

    private static BundleExport No(string why) => new("", null, 0, why);
}
