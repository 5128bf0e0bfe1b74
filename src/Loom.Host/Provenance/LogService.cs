using System.Security.Cryptography;
using Loom.Coordination;
using Loom.Core;
using Loom.Hosting.Configuration;
using Loom.Hosting.Operations;
using Loom.Journal.Log;
using Loom.Provenance;

namespace Loom.Hosting.Provenance;

/// <summary>The transparency log of this host: built in the background while the lease is held, read by everybody.</summary>
internal sealed class LogService(TransparencyLog log, ISigner? signer, string origin, LogKeyRing keys)
{
    private ISigner? _signer = signer;

    public TransparencyLog Log => log;

    /// <summary>The log's key; null where another host has it.</summary>
    public ISigner? Signer => Volatile.Read(ref _signer);

    public string Origin => origin;

    /// <summary>Why the host must serve read-only, or null.</summary>
    public string? Rollback => log.Health is { State: LogState.RollbackDetected, Findings: var findings }
        ? $"The journal lacks a checkpoint that was signed before: {string.Join(" ", findings.Select(f => f.Problem))} Restore the newer journal, or accept the loss with 'loom journal accept-rollback'."
        : null;

    /// <summary>Opens it; the log's name is made once per data folder.</summary>
    public static async Task<LogService> OpenAsync(HostParts parts, CancellationToken cancellationToken)
    {
        var keys = new LogKeyRing(parts.Data, parts.Settings.Now);
        try
        {
            if (parts.Opened.Server is not null)
            {
                return await SharedLog.OpenAsync(parts, keys, cancellationToken);
            }

            var origin = await OriginOfAsync(parts, cancellationToken);
            var (log, signer) = await keys.OpenLogAsync(parts.Journal, origin, cancellationToken);
            return new LogService(log, signer, origin, keys);
        }
        catch (ArgumentException e)
        {
            throw new StartupException(ExitCode.Usage, $"log.origin: {e.Message}", e);
        }
    }

    public async Task RotateAsync(string principal, CancellationToken cancellationToken)
    {
        var next = await keys.CreateNextAsync(cancellationToken);
        await log.RotateAsync(next, principal, cancellationToken);
        Volatile.Write(ref _signer, next);
    }

    /// <summary>Checkpoints of tree sizes below <paramref name="below"/> (null: all), newest first.</summary>
    public async Task<IReadOnlyList<CheckpointInfo>> CheckpointsAsync(long? below, int count, CancellationToken cancellationToken)
    {
        var found = new List<CheckpointInfo>();
        await foreach (var info in log.CheckpointsAsync(long.MaxValue, long.MaxValue, cancellationToken))
        {
            if (found.Count == count)
            {
                break;
            }

            if (below is null || info.Checkpoint.Size < below)
            {
                found.Add(info);
            }
        }

        return found;
    }

    /// <summary>What an auditor has to be given of the log: the log's keys with their sizes.</summary>
    public async Task<TrustRoot> TrustAsync(CancellationToken cancellationToken) => new()
    {
        LogKeys =
        [
            .. (await log.KeysAsync(cancellationToken)).Select(k => new TrustedLogKey
            {
                Name = origin, PublicKey = k.PublicKey.ToArray(), FromSize = k.FromSize, ToSize = k.ToSize, RevokedAfterSize = k.RevokedAfter,
            }),
        ],
    };

    /// <summary>A restored or imported journal brings its log's name along; a new one gets a name that no other log has.</summary>
    private static async Task<string> OriginOfAsync(HostParts parts, CancellationToken cancellationToken)
    {
        if (parts.Settings.Now.Text("log.origin") is { Length: > 0 } given)
        {
            return given;
        }

        var path = parts.Data.Origin;
        if (File.Exists(path))
        {
            return (await File.ReadAllTextAsync(path, cancellationToken)).Trim();
        }

        var made = await TransparencyLog.OriginOfAsync(parts.Journal, cancellationToken) ?? $"loom/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}";
        Access.Tokens.PrivateFile.Write(path, System.Text.Encoding.UTF8.GetBytes(made + "\n"));
        return made;
    }
}

/// <summary>Builds the log while this host holds the lease for it.</summary>
internal sealed partial class LogBuilding(LogService service, ILeases leases, TimeProvider time, ILogger<LogBuilding> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await using var lease = await leases.TryAcquireAsync("loom.log", stoppingToken);
                if (lease is not null)
                {
                    using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lease.Lost);
                    await service.Log.RunAsync(either.Token);
                }

                await Task.Delay(TimeSpan.FromSeconds(1), time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
        catch (Exception e)
        {
            Stopped(logger, e);
            throw;
        }
    }

    [LoggerMessage(1, LogLevel.Error, "The transparency log's builder stopped")]
    private static partial void Stopped(ILogger log, Exception e);
}
