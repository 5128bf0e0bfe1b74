using Loom.Core;

namespace Loom.Journal.Log;

/// <summary>What is wrong now, by subject; and the record of refused links in <c>loom.audit</c>.</summary>
internal sealed class LogFindings
{
    /// <summary>The act of <c>loom.audit</c> that records a refused link.</summary>
    public const string RefusedAct = "linkRefused";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _bySubject = new(StringComparer.Ordinal);

    public IReadOnlyList<LogFinding> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _bySubject.Select(f => new LogFinding(f.Key, f.Value))];
            }
        }
    }

    public void Set(string subject, string problem)
    {
        lock (_gate)
        {
            _bySubject[subject] = problem;
        }
    }

    public void Clear(string subject)
    {
        lock (_gate)
        {
            _bySubject.Remove(subject);
        }
    }

    public static string Refused(StreamName stream, long revision, string reason) =>
        $"{stream} at revision {revision} is not in the log: {reason} Nothing later in this stream will be. Compare it with a backup or a bundle.";
}
