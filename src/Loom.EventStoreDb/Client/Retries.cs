using Loom.EventStoreDb.Grpc;

namespace Loom.EventStoreDb.Client;

/// <summary>Whether, how long and how soon a failed call is made again.</summary>
internal sealed class Retries(TimeProvider time, TimeSpan during)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private long? _since;
    private TimeSpan _pause = First;

    /// <summary>Whether the same call may end better: the connection, the server or its leader may be another then.</summary>
    public static bool MayHelp(GrpcException e) =>
        e.Code is StatusCode.Unavailable or StatusCode.Cancelled or StatusCode.DeadlineExceeded or StatusCode.Aborted or StatusCode.Internal
        || e.Trailers.GetValueOrDefault(Errors.Key) == Errors.NotLeader;

    /// <summary>Waits a little longer than before; false when it was tried for long enough, or cannot help.</summary>
    public async ValueTask<bool> AgainAsync(GrpcException failure, CancellationToken cancellationToken)
    {
        _since ??= time.GetTimestamp();
        if (!MayHelp(failure) || time.GetElapsedTime(_since.Value) >= during)
        {
            return false;
        }

        await Task.Delay(_pause, time, cancellationToken).ConfigureAwait(false);
        _pause = _pause * 2 < Longest ? _pause * 2 : Longest;
        return true;
    }

    /// <summary>It went on: the next failure is a new one.</summary>
    public void Succeeded() => (_since, _pause) = (null, First);
}
