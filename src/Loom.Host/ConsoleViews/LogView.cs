using Loom.Core;
using Loom.Hosting.Configuration;
using Loom.Hosting.Provenance;
using Loom.Journal.Log;
using Loom.Provenance;
using Loom.Web.Data;

namespace Loom.Hosting.ConsoleViews;

/// <summary>The transparency log as the console asks for it.</summary>
internal sealed class LogView(LogService log, LiveSettings settings, TimeProvider time) : ILogInfo
{
    public async Task<LogFacts> FactsAsync(CancellationToken cancellationToken)
    {
        var health = log.Log.Health;
        var latest = (await log.CheckpointsAsync(null, 1, cancellationToken)).Select(View).FirstOrDefault();
        var keys = await log.Log.KeysAsync(cancellationToken);
        var now = time.GetUtcNow();
        return new LogFacts(
            log.Origin, log.Log.Epoch, log.Log.Size, log.Log.Size - (latest?.Size ?? 0), health.State == LogState.Building, latest,
            [.. keys.Select(k => new LogKeyView(k.KeyId, TrustRoot.Fingerprint(k.PublicKey.Span), k.FromSize, k.ToSize, k.RevokedAfter is not null))],
            [.. health.Findings.Select(f => new Loom.Web.Data.LogFinding(f.Subject, null, f.Problem, now))],
            settings.Now.Text("log.publish") is { Length: > 0 } place ? [place] : []);
    }

    public async Task<IReadOnlyList<CheckpointView>> CheckpointsAsync(long? below, int count, CancellationToken cancellationToken) =>
        [.. (await log.CheckpointsAsync(below, Math.Clamp(count, 0, 500), cancellationToken)).Select(View)];

    private static CheckpointView View(CheckpointInfo info) => new(info.Checkpoint.Size, info.Checkpoint.Root.ToString(), info.Created, info.Note.Format());
}

/// <summary>Finds links in this host's log.</summary>
internal sealed class LeafFinder(LogService log) : ILeafFinder
{
    private (SignedNote Note, long Size)? _latest;

    public ValueTask<LeafPlace?> FindAsync(Link link, CancellationToken cancellationToken)
    {
        if (log.Log.IndexOf(link.Stream, link.Revision) is not { } leaf)
        {
            return default;
        }

        var size = LatestSize();
        return new(new LeafPlace(leaf, size > leaf ? size : null));
    }

    private long LatestSize()
    {
        if (log.Log.LatestCheckpoint is not { } note)
        {
            return 0;
        }

        var known = _latest;
        if (known is { } k && ReferenceEquals(k.Note, note))
        {
            return k.Size;
        }

        var size = Checkpoint.TryParse(note.Text, out var checkpoint) ? checkpoint.Size : 0;
        _latest = (note, size);
        return size;
    }
}
