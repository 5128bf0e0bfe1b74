using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Operations;
using Loom.Journal;
using Microsoft.Extensions.Logging;
using Result = Loom.EventStoreDb.Protocol.Operations.ScavengeResp.Types.ScavengeResult;

namespace Loom.EventStoreDb.Server;

/// <summary>Operations.StartScavenge and StopScavenge. A scavenge goes on in the background; the log says how it ended.</summary>
internal sealed partial class ScavengeService(IScavenging journal, StreamAccess access, ILogger log)
{
    private readonly Lock _gate = new();
    private Run? _running;

    public async Task<ScavengeResp> StartAsync(StartScavengeReq request, ServerCall call)
    {
        await access.RequireOperatorAsync(call).ConfigureAwait(false);
        access.RefuseReadOnly();
        var from = request.Options?.StartFromChunk ?? 0;
        if (from < 0)
        {
            throw Wire.Invalid("start_from_chunk is 0 or more.");
        }

        lock (_gate)
        {
            if (_running is { } running)
            {
                return new ScavengeResp { ScavengeId = running.Id, ScavengeResult = Result.InProgress };
            }

            var run = new Run(Guid.NewGuid().ToString("D"), new CancellationTokenSource());
            var scavenge = journal.ScavengeAsync(new ScavengeRequest { FromSegment = from }, null, run.Stop.Token);
            _running = run;
            _ = EndAsync(run, scavenge);
            return new ScavengeResp { ScavengeId = run.Id, ScavengeResult = Result.Started };
        }
    }

    public async Task<ScavengeResp> StopAsync(StopScavengeReq request, ServerCall call)
    {
        await access.RequireOperatorAsync(call).ConfigureAwait(false);
        var id = request.Options?.ScavengeId ?? "";
        Run? running;
        lock (_gate)
        {
            running = _running;
        }

        if (running is null || running.Id != id)
        {
            throw Errors.NoScavenge(id.Length <= 100 ? id : id[..100]);
        }

        await running.Stop.CancelAsync().ConfigureAwait(false);
        return new ScavengeResp { ScavengeId = id, ScavengeResult = Result.Stopped };
    }

    private async Task EndAsync(Run run, Task<ScavengeReport> scavenge)
    {
        await Task.Yield(); // what it ends with is looked at after it is known as running
        try
        {
            var report = await scavenge.ConfigureAwait(false);
            Ended(run.Id, report.WasStopped ? "was stopped" : "ended", report.Segments, report.Rewritten, report.Events, report.BytesFreed);
        }
        catch (Exception e) when (e is JournalException or OperationCanceledException)
        {
            Failed(e, run.Id);
        }
        finally
        {
            lock (_gate)
            {
                _running = null;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Scavenge {Id} {End}: {Segments} segments looked at, {Rewritten} rewritten, {Events} events gone, {Bytes} bytes freed.")]
    private partial void Ended(string id, string end, int segments, int rewritten, long events, long bytes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Scavenge {Id} failed.")]
    private partial void Failed(Exception e, string id);

    private sealed record Run(string Id, CancellationTokenSource Stop);
}
