using Loom.Coordination;
using Loom.Core;
using Loom.Journal;
using Loom.Journal.Blobs;
using Loom.Journal.Log;
using Loom.Runtime;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loom.Proving;

/// <summary>What proving works with.</summary>
/// <param name="Journal">The journal.</param>
/// <param name="Streams">What appends to Loom's linked streams.</param>
/// <param name="Leases">Which host is in charge.</param>
/// <param name="Modules">The modules that links name.</param>
/// <param name="Blobs">Where receipts, frames and images go.</param>
/// <param name="Prover">What makes proofs.</param>
/// <param name="Verifier">What every receipt goes through before it is journaled.</param>
/// <param name="Time">The clock.</param>
public sealed record ProvingParts(
    IJournal Journal, LoomStreams Streams, ILeases Leases, ModuleRegistry Modules, IBlobStore Blobs, IProver Prover, IReceiptVerifier Verifier, TimeProvider Time);

/// <summary>
/// Proofs of a host: asks the policies about what is journaled, and has proven what they say, in one host at a time (by lease). Every host
/// sees the queue, and may ask, retry and cancel. Thread-safe.
/// </summary>
public sealed partial class ProvingService : IAsyncDisposable
{
    private const string LeaseName = "loom.proofs";
    private readonly ProvingParts _parts;
    private readonly ProvingOptions _options;
    private readonly ILogger _log;
    private readonly ProofServices _services;
    private readonly ProvabilityReview _review;
    private readonly IDisposable _gauges;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private volatile ProofPolicies _policies;
    private volatile ProofWorker? _worker;
    private CancellationTokenSource? _term;
    private Task _work = Task.CompletedTask;
    private bool _started, _disposed;

    /// <summary>Puts it together; <see cref="Start"/> starts it.</summary>
    public ProvingService(ProvingParts parts, ProofPolicies policies, ProvingOptions? options = null, ILogger<ProvingService>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(parts);
        (_parts, _policies, _options, _log) = (parts, policies, options ?? new ProvingOptions(), logger ?? NullLogger<ProvingService>.Instance);
        Queue = new ProofQueue(parts.Journal, parts.Time);
        Images = new ImageRegistry(parts.Journal, parts.Streams, parts.Blobs);
        _services = new ProofServices(
            Queue, new FrameReader(parts.Journal, parts.Modules, parts.Blobs), parts.Modules, Images, new ReceiptStreams(parts.Journal, parts.Streams), parts.Blobs, parts.Prover,
            parts.Verifier, _options, parts.Time);
        Gate = new ProvabilityGate(() => _policies, parts.Prover, Images);
        _review = new ProvabilityReview(
            parts.Modules, () => _policies, Gate, _options, parts.Time, m => Unprovable(_log, m.ActorType, m.Name, m.Reason));
        _gauges = ProvingMetrics.Watch(Queue, parts.Time);
    }

    /// <summary>The queue.</summary>
    public ProofQueue Queue { get; }

    /// <summary>The image ids.</summary>
    public ImageRegistry Images { get; }

    /// <summary>Looks at modules before they are registered.</summary>
    public ProvabilityGate Gate { get; }

    /// <summary>Whether this host is in charge now.</summary>
    public bool InCharge => _worker is not null;

    /// <summary>Why there is no prover; null when there is one, or this host is not in charge.</summary>
    public NoProver? WithoutProver => _worker?.WithoutProver;

    /// <summary>Modules that decide for actors whose policy is not never, and that cannot be proven, as far as a prover could be asked.</summary>
    public IReadOnlyList<UnprovableModule> UnprovableModules => _review.Unprovable;

    /// <summary>
    /// The policies. New ones are about what is journaled from then on; modules that are registered already are looked at again.
    /// </summary>
    public ProofPolicies Policies
    {
        get => _policies;
        set
        {
            lock (_gate)
            {
                _policies = value;
                _term?.Cancel();
            }

            _review.Again();
        }
    }

    /// <summary>How far a job is that a prover works on now, seen from the host in charge; else null.</summary>
    public ProverProgress? ProgressOf(Digest link) => _worker?.ProgressOf(link);

    /// <summary>Asks for a proof of a transition.</summary>
    /// <exception cref="JournalException">The journal takes no writes.</exception>
    public Task<ProofAnswer> RequestAsync(Link transition, string by, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transition);
        return ActorId.TryParse(transition.Stream.Value, out var actor)
            ? Queue.RequestAsync(transition, _policies.Of(actor.Type), by, cancellationToken)
            : Task.FromResult<ProofAnswer>(new ProofAnswer.Refused("not-an-actor", $"{transition.Stream} is no actor's stream."));
    }

    /// <summary>Starts what runs in the background.</summary>
    public void Start()
    {
        if (!_started)
        {
            _started = true;
            _work = Task.WhenAll(AgainAsync(LeadAsync, _stop.Token), AgainAsync(Queue.FollowAsync, _stop.Token), AgainAsync(_review.RunAsync, _stop.Token));
        }
    }

    /// <summary>Stops; jobs at the prover go on there, and are found again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _stop.Cancel();
        await _work;
        _gauges.Dispose();
        Images.Dispose();
        Queue.Dispose();
        _stop.Dispose();
    }

    // One time in charge, from taking the lease to losing it, to a failure, or to new policies.
    private async Task LeadAsync(CancellationToken stop)
    {
        await using var lease = await _parts.Leases.TryAcquireAsync(LeaseName, stop);
        if (lease is null)
        {
            return;
        }

        using var term = CancellationTokenSource.CreateLinkedTokenSource(stop, lease.Lost);
        try
        {
            ProofDecider decider;
            lock (_gate)
            {
                _term = term;
                decider = new ProofDecider(_parts.Journal, Queue, _policies, new CommandBodies(_parts.Blobs), _options, _parts.Time);
            }

            await Images.CatchUpAsync(term.Token);
            var worker = _worker = new ProofWorker(_services, _log);
            await Task.WhenAll(EndingWith(decider.RunAsync(term.Token), term), EndingWith(worker.RunAsync(term.Token), term));
        }
        finally
        {
            _worker = null;
            lock (_gate)
            {
                _term = null;
            }
        }
    }

    private static async Task EndingWith(Task part, CancellationTokenSource term)
    {
        try
        {
            await part;
        }
        finally
        {
            term.Cancel();
        }
    }

    private async Task AgainAsync(Func<CancellationToken, Task> part, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await part(stop);
            }
            catch (OperationCanceledException)
            {
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Interrupted(_log, e);
            }

            try
            {
                await Task.Delay(_options.RetryInterval, _parts.Time, stop);
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The proofs were interrupted and go on from where they were.")]
    private static partial void Interrupted(ILogger log, Exception e);

    [LoggerMessage(2, LogLevel.Warning, "Actors of type {ActorType} are to be proven, and their module {Module} cannot be: {Reason}")]
    private static partial void Unprovable(ILogger log, string actorType, string module, string reason);
}
