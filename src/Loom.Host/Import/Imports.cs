using System.Collections.Concurrent;
using Loom.Api;
using Loom.Core;
using Loom.Hosting.Api;
using Loom.Hosting.Operations;
using Loom.Hosting.Problems;
using Loom.Runtime;
using Loom.Runtime.Import;

namespace Loom.Hosting.Import;

/// <summary>
/// Imports of event logs. The file is uploaded whole first (so that a cut connection leaves nothing half done), then imported in the
/// background; what an import did is in the stream of its own actor. Thread-safe.
/// </summary>
internal sealed partial class Imports(
    ActorRuntime runtime, HostState state, DataFolder data, RequestPlaces places, TimeProvider time, ILogger<Imports> log) : IAsyncDisposable
{
    private const int MaxRemembered = 1000;

    private readonly ConcurrentDictionary<string, Running> _imports = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Takes an upload in and starts its import.</summary>
    /// <exception cref="RefusedException">The request is none that can be started.</exception>
    public async Task<ImportStatus> StartAsync(
        Machine machine, string fileName, string? id, XesOptions xes, IReadOnlyDictionary<string, string> machineSettings, string principal, Stream upload,
        CancellationToken cancellationToken)
    {
        var importer = Importer(machine);
        RequireKnown(machine, machineSettings);
        var place = places.Imports.Take();
        Directory.CreateDirectory(data.Uploads);
        var path = Path.Combine(data.Uploads, Guid.CreateVersion7().ToString("N"));
        try
        {
            await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 128 * 1024, FileOptions.Asynchronous))
            {
                await upload.CopyToAsync(file, cancellationToken);
            }

            await RequireXesAsync(path, xes, cancellationToken);
            var settings = new ImportSettings { Path = path, FileName = fileName, Id = id, Xes = xes, Machine = machineSettings, Principal = principal };
            var actor = settings.ActorOf(await HashAsync(path, cancellationToken));
            var running = new Running(actor);
            if (_imports.TryGetValue(actor.Id, out var other) && other.Status.Status == "running")
            {
                throw new RefusedException(new Refusal(409, "conflict", $"{actor} is running already; GET /api/import/{actor.Id} says how far it is."));
            }

            Remember(running);
            running.Work = Task.Run(() => RunAsync(importer, settings, running, place), CancellationToken.None);
            return running.Status;
        }
        catch
        {
            place.Dispose();
            File.Delete(path);
            throw;
        }
    }

    public ImportStatus? Find(string id) => _imports.GetValueOrDefault(id)?.Status;

    public async ValueTask DisposeAsync()
    {
        // Asked twice: when the host drains, and when its services go.
        await _stop.CancelAsync();
        await Task.WhenAll(_imports.Values.Select(i => i.Work));
    }

    private async Task RunAsync(XesImporter importer, ImportSettings settings, Running running, IDisposable place)
    {
        using var scope = log.BeginScope(new Telemetry.CommandScope(running.Actor.ToString(), null));
        try
        {
            var report = await importer.RunAsync(settings, running, _stop.Token);
            running.Finish(report.Total);
            Done(log, running.Actor.ToString(), report.Total.Accepted, report.Total.Refused);
        }
        catch (OperationCanceledException)
        {
            running.Fail("The host stopped; start the same import again to go on.", "host");
        }
        catch (Exception e)
        {
            running.Fail(e.Message, e switch { FormatException => "file", ArgumentException => "settings", _ => "host" });
            Failed(log, e, running.Actor.ToString());
        }
        finally
        {
            place.Dispose();
            File.Delete(settings.Path);
        }
    }

    private XesImporter Importer(Machine machine)
    {
        try
        {
            return new XesImporter(machine, (command, ct) => CommandAnswers.SendAsync(runtime, state, command, ct), time);
        }
        catch (ArgumentException e)
        {
            throw new RefusedException(Refusal.Invalid(e.Message));
        }
    }

    private static void RequireKnown(Machine machine, IReadOnlyDictionary<string, string> settings)
    {
        var mapping = machine.LogMapping!;
        var refusal = settings.Keys.FirstOrDefault(k => !mapping.Settings.ContainsKey(k)) is { } unknown
            ? $"{machine.Manifest.ActorType} has no import setting '{unknown}'. It has: {string.Join(", ", mapping.Settings.Keys)}."
            : settings.Select(s => mapping.Refuse(s.Key, s.Value) is { } reason ? $"{machine.Manifest.ActorType}'s import setting '{s.Key}' cannot be '{s.Value}': {reason}" : null)
                .FirstOrDefault(r => r is not null);
        if (refusal is not null)
        {
            throw new RefusedException(Refusal.Invalid(refusal));
        }
    }

    // Its head tells a wrong file from a log; what is wrong further down is in the report of the import.
    private static async Task RequireXesAsync(string path, XesOptions xes, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(path);
            await foreach (var _ in XesReader.ReadAsync(file, xes, cancellationToken))
            {
                break;
            }
        }
        catch (FormatException e)
        {
            throw new RefusedException(new Refusal(400, "invalid-import", e.Message));
        }
    }

    private static async Task<Digest> HashAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        return new Digest(await System.Security.Cryptography.SHA256.HashDataAsync(file, cancellationToken));
    }

    private void Remember(Running running)
    {
        _imports[running.Actor.Id] = running;
        foreach (var old in _imports.Values.Where(i => i.Status.Status != "running").Take(Math.Max(0, _imports.Count - MaxRemembered)).ToList())
        {
            _imports.TryRemove(old.Actor.Id, out _);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "{Actor} is done: {Accepted} steps accepted, {Refused} refused")]
    private static partial void Done(ILogger log, string actor, int accepted, int refused);

    [LoggerMessage(2, LogLevel.Warning, "{Actor} failed")]
    private static partial void Failed(ILogger log, Exception e, string actor);

    private sealed class Running(ActorId actor) : IProgress<ImportProgress>
    {
        private volatile ImportStatus _status = new(actor.Id, actor.ToString(), "running", 0, 0, 0, 0, 0, null);

        public ActorId Actor => actor;

        public ImportStatus Status => _status;

        public Task Work { get; set; } = Task.CompletedTask;

        public void Report(ImportProgress value) => _status = With(value, "running", null);

        public void Finish(ImportProgress total) => _status = With(total, "done", null);

        public void Fail(string error, string fault) => _status = _status with { Status = "failed", Error = error, Fault = fault };

        private ImportStatus With(ImportProgress p, string status, string? error) =>
            new(actor.Id, actor.ToString(), status, p.Cases, p.Steps, p.Accepted, p.Refused, p.BytesRead, error);
    }
}
