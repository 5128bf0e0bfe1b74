using System.Globalization;
using Loom.EventStoreDb.Grpc;
using Loom.Journal;

namespace Loom.EventStoreDb;

/// <summary>The identities of errors in trailers, which clients look at before the status.</summary>
internal static class Errors
{
    public const string Key = "exception";
    public const string AccessDenied = "access-denied";
    public const string StreamDeleted = "stream-deleted";
    public const string StreamName = "stream-name";
    public const string WrongExpectedVersion = "wrong-expected-version";
    public const string ExpectedVersion = "expected-version";
    public const string ActualVersion = "actual-version";
    public const string NotLeader = "not-leader";
    public const string LeaderHost = "leader-endpoint-host";
    public const string LeaderPort = "leader-endpoint-port";
    public const string MissingMetadata = "missing-required-metadata-property";
    public const string ScavengeNotFound = "scavenge-not-found";
    public const string ScavengeId = "scavenge-id";
    public const string GroupFailed = "persistent-subscription-failed";
    public const string GroupDropped = "persistent-subscription-dropped";
    public const string GroupFull = "maximum-subscribers-reached";
    public const string AppendTooLarge = "maximum-append-size-exceeded";

    public static Dictionary<string, string> Trailers(string exception, params ReadOnlySpan<(string Key, string Value)> more)
    {
        var trailers = new Dictionary<string, string>(StringComparer.Ordinal) { [Key] = exception };
        foreach (var (key, value) in more)
        {
            trailers[key] = value;
        }

        return trailers;
    }

    public static GrpcException Denied() => new(StatusCode.PermissionDenied, "Access Denied", Trailers(AccessDenied));

    public static GrpcException TooLarge() => new(
        StatusCode.InvalidArgument,
        $"Maximum Append Size of {AppendRules.MaxAppend} Exceeded.",
        Trailers(AppendTooLarge, ("maximum-append-size", AppendRules.MaxAppend.ToString(CultureInfo.InvariantCulture))));

    /// <summary>No scavenge of that name runs.</summary>
    public static GrpcException NoScavenge(string id) => new(StatusCode.NotFound, "Scavenge id was invalid.", Trailers(ScavengeNotFound, (ScavengeId, id)));

    /// <summary>How a call ends on a journal's failure; null for other exceptions.</summary>
    public static GrpcException? Of(Exception e) => e switch
    {
        JournalException { Failure: JournalFailure.StreamDeleted } deleted => new GrpcException(
            StatusCode.FailedPrecondition, $"Event stream '{deleted.Stream}' is deleted.", Trailers(StreamDeleted, (StreamName, deleted.Stream?.Value ?? "")), deleted),
        JournalException journal => new GrpcException(CodeOf(journal.Failure), Told(journal), inner: e),
        _ => null,
    };

    /// <summary>A deletion whose expectation does not hold.</summary>
    public static GrpcException WrongExpected(Core.StreamName stream, ExpectedRevision expected, long actual) => new(
        StatusCode.FailedPrecondition,
        $"Deletion failed due to WrongExpectedVersion. Stream: {stream}, Expected version: {expected.Value}, Actual version: {actual}",
        Trailers(
            WrongExpectedVersion,
            (StreamName, stream.Value),
            (ExpectedVersion, expected.Value.ToString(CultureInfo.InvariantCulture)),
            (ActualVersion, actual.ToString(CultureInfo.InvariantCulture))));

    /// <summary>The stream was deleted on the server.</summary>
    public static JournalException Deleted(Core.StreamName? stream, Exception? inner = null) => new(
        JournalFailure.StreamDeleted,
        $"{(stream is { } name ? $"Stream '{name}': " : "")}it was deleted on the server. Restore the server from a backup, or use another stream.",
        inner)
    { Stream = stream };

    /// <summary>The other way: what a call's end means to a user of the journal.</summary>
    public static JournalException ToJournal(GrpcException e, Core.StreamName? stream = null)
    {
        var about = stream is { } name ? $"Stream '{name}': " : "";
        var identity = e.Trailers.GetValueOrDefault(Key);
        return identity == StreamDeleted ? Deleted(stream, e) : new JournalException(
            identity switch
            {
                NotLeader => JournalFailure.Unavailable,
                GroupFailed or GroupFull => JournalFailure.Refused,
                _ => FailureOf(e.Code),
            },
            identity switch
            {
                NotLeader => $"{about}no server that was asked is the cluster's leader, though each names one. Look at the cluster's gossip.",
                AccessDenied => $"{about}the server denied access. Connect with credentials that may do this.",
                _ => $"{about}the server answered {e.Code}: {e.Detail}",
            },
            e);
    }

    // A refusal is about what the caller sent. Everything else names files of this machine, and is for its operators.
    private static string Told(JournalException e) => e.Failure switch
    {
        JournalFailure.Refused => e.Message,
        JournalFailure.DiskFull => "The journal's disk is full; nothing was written.",
        JournalFailure.ReadOnly => "The journal is open for reading only.",
        JournalFailure.Corrupt => "Stored bytes are damaged; the server's log says which.",
        _ => "The journal is not available; the server's log says why.",
    };

    private static StatusCode CodeOf(JournalFailure failure) => failure switch
    {
        JournalFailure.Refused => StatusCode.InvalidArgument,
        JournalFailure.DiskFull => StatusCode.ResourceExhausted,
        JournalFailure.ReadOnly => StatusCode.FailedPrecondition,
        JournalFailure.Corrupt => StatusCode.DataLoss,
        _ => StatusCode.Unavailable,
    };

    private static JournalFailure FailureOf(StatusCode code) => code switch
    {
        StatusCode.InvalidArgument or StatusCode.PermissionDenied or StatusCode.Unauthenticated or StatusCode.Unimplemented
            or StatusCode.NotFound or StatusCode.AlreadyExists or StatusCode.OutOfRange => JournalFailure.Refused,
        StatusCode.ResourceExhausted => JournalFailure.DiskFull,
        StatusCode.FailedPrecondition => JournalFailure.ReadOnly,
        StatusCode.DataLoss => JournalFailure.Corrupt,
        _ => JournalFailure.Unavailable,
    };
}
