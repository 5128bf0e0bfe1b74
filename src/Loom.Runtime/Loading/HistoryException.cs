using Loom.Core;

namespace Loom.Runtime;

/// <summary>A stored history that does not load: somebody has to look at it. The message names stream and revision.</summary>
public sealed class HistoryException : Exception
{
    /// <summary>Makes one.</summary>
    public HistoryException(StreamName stream, long revision, string code, string message, Exception? inner = null)
        : base($"{stream} at revision {revision}: {message}", inner) => (Stream, Revision, Code) = (stream, revision, code);

    /// <summary>The stream.</summary>
    public StreamName Stream { get; }

    /// <summary>Where.</summary>
    public long Revision { get; }

    /// <summary><c>events-hidden</c>, <c>history-unreadable</c>, <c>state-mismatch</c>, <c>newer-version</c> or <c>machine-changed-kind</c>.</summary>
    public string Code { get; }
}
