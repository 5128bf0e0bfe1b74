using Loom.Coordination;
using Loom.Core;
using Loom.Journal;
using MediatR;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loom.Runtime;

/// <summary>
/// Runs actors on a journal: <see cref="SendAsync"/> takes a command through the pipeline to its actor and answers when the outcome is
/// durable. Thread-safe; one per host.
/// </summary>
public sealed class ActorRuntime : IAsyncDisposable, IRequestHandler<ActorCommand, CommandReply>
{
    private readonly ActivationServices _services;
    private readonly ActivationCatalog _catalog;
    private readonly IMediator _mediator;
    private readonly EffectProcessor _effects;
    private readonly CancellationTokenSource _stop = new();
    private Task _work = Task.CompletedTask;
    private int _started;
    private volatile bool _draining;
    private volatile bool _disposed;

    /// <summary>Puts a runtime together; <see cref="StartAsync"/> starts its background work.</summary>
    /// <param name="options">Limits and intervals.</param>
    /// <param name="journal">Where transitions go.</param>
    /// <param name="leases">Which host runs which actor.</param>
    /// <param name="types">The machines.</param>
    /// <param name="time">The clock.</param>
    /// <param name="newSalt">32 fresh random bytes per call.</param>
    /// <param name="logger">Where problems are written; null for nowhere.</param>
    /// <param name="pipeline">The behaviours in their order; null for <see cref="CommandPipeline.Standard"/> with <see cref="AllowAll"/>.</param>
    public ActorRuntime(
        ActorRuntimeOptions options,
        IJournal journal,
        ILeases leases,
        ActorTypes types,
        TimeProvider time,
        Func<byte[]> newSalt,
        ILogger<ActorRuntime>? logger = null,
        Func<ActorRuntime, IReadOnlyList<IPipelineBehavior<ActorCommand, CommandReply>>>? pipeline = null)
        : this(options, journal, leases, types, time, newSalt, logger, pipeline, StateFilesOf(options), Activator.FenceAbove)
    {
    }

    internal ActorRuntime(
        ActorRuntimeOptions options,
        IJournal journal,
        ILeases leases,
        ActorTypes types,
        TimeProvider time,
        Func<byte[]> newSalt,
        ILogger<ActorRuntime>? logger,
        Func<ActorRuntime, IReadOnlyList<IPipelineBehavior<ActorCommand, CommandReply>>>? pipeline,
        IStateFiles files,
        Func<long, long, long> nextFence)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(types);
        Types = types;
        ILogger log = logger ?? NullLogger<ActorRuntime>.Instance;
        var metrics = new RuntimeMetrics();
        var snapshots = new SnapshotStore(files);
        _services = new ActivationServices(
            options, journal, leases, new StreamLoader(journal, snapshots, metrics, options.MaxCommandIds, new Replays(types, options.Blobs)), snapshots, new RepeatedCommands(journal), metrics, time, newSalt, log, nextFence);
        _catalog = new ActivationCatalog(_services);
        _mediator = new SingleRequestMediator(this, (pipeline ?? (r => CommandPipeline.Standard(r, new AllowAll())))(this)).Mediator;
        _effects = new EffectProcessor(this, _services, files);
    }

    /// <summary>The machines it runs.</summary>
    public ActorTypes Types { get; }

    internal int CommandLimit => _services.Options.CommandLimit;

    /// <summary>Counters and findings, now.</summary>
    public RuntimeStatistics Statistics => _services.Metrics.Read(_effects.Statistics);

    /// <summary>Takes a command through the pipeline. The answer is durable, whatever it is.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before the actor decided it.</exception>
    public Task<CommandReply> SendAsync(ActorCommand command, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);

        // An own copy: the pipeline notes its findings on it. Only the platform's own commands may carry the platform's mark.
        return SendCountedAsync(command with { FromRuntime = false }, cancellationToken);
    }

    /// <summary>Starts what runs in the background: passivation, and the effects when this host may carry them out.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            _work = Task.WhenAll(
                _services.Run(PassivateAsync),
                _services.Options.CarryOutEffects ? _services.Run(() => _effects.RunAsync(_stop.Token)) : Task.CompletedTask);
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// Refuses new commands, waits up to <paramref name="patience"/> for those in flight, then puts every idle actor out of memory
    /// (with a snapshot where it pays) and gives the leases back.
    /// </summary>
    /// <returns>Whether everything in flight was done.</returns>
    public async Task<bool> DrainAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        _draining = true;
        await StopWorkAsync();
        var started = _services.Time.GetTimestamp();
        while (_services.Metrics.InFlight > 0 && _services.Time.GetElapsedTime(started) < patience)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), _services.Time, cancellationToken);
        }

        var done = _services.Metrics.InFlight == 0;
        await _catalog.LeaveAsync(waitForAll: done);
        await Task.Yield();
        return done;
    }

    /// <summary>Drains without patience.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        await DrainAsync(TimeSpan.Zero, CancellationToken.None);
        _disposed = true;
        _stop.Dispose();
    }

    /// <summary>The end of the pipeline: posts to the actor. Called by the mediator; everybody else uses <see cref="SendAsync"/>.</summary>
    async Task<CommandReply> IRequestHandler<ActorCommand, CommandReply>.Handle(ActorCommand request, CancellationToken cancellationToken)
    {
        if (!Types.TryGet(request.Actor.Type, out var machine))
        {
            return new CommandReply.Refused(RefusalKind.NotFound, "unknown-actor-type", $"This host runs no actor type '{request.Actor.Type}'.");
        }

        var envelope = new Envelope(request, cancellationToken);
        for (var attempt = 0; attempt < _services.Options.MaxActivationAttempts; attempt++)
        {
            var activation = _catalog.GetOrAdd(request.Actor, machine);
            switch (activation.Post(envelope))
            {
                case Offer.Full:
                    return new CommandReply.Refused(
                        RefusalKind.Busy, "mailbox-full", $"{request.Actor} has {_services.Options.MailboxCapacity} commands waiting; send again in a moment.", _services.Options.RetryAfter);
                case Offer.Ended:
                    await activation.Ended.WaitAsync(cancellationToken);
                    await Task.Yield();
                    continue;
            }

            if (await envelope.Task is { } reply)
            {
                return reply;
            }

            envelope = new Envelope(request, cancellationToken);
        }

        return new CommandReply.Refused(
            RefusalKind.Busy, "contended", $"{request.Actor} changed hands {_services.Options.MaxActivationAttempts} times while the command waited; send again.", _services.Options.RetryAfter);
    }

    internal Task<CommandReply> SendFromRuntimeAsync(ActorCommand command, CancellationToken cancellationToken) =>
        SendCountedAsync(command with { FromRuntime = true }, cancellationToken);

    internal async ValueTask<CommandReply?> AnswerRepeatAsync(ActorCommand command, CancellationToken cancellationToken)
    {
        if (!_catalog.TryGet(command.Actor, out var activation)
            || activation.Commands is not { } commands
            || !commands.TryFind(command.Id.Value, out var done))
        {
            return null;
        }

        try
        {
            return await _services.Repeats.AnswerAsync(command, done.Value, cancellationToken);
        }
        catch (Exception e) when (e is JournalException or HistoryException)
        {
            return null; // the activation meets the same problem and answers for it
        }
    }

    private async Task<CommandReply> SendCountedAsync(ActorCommand command, CancellationToken cancellationToken)
    {
        var started = _services.Time.GetTimestamp();
        _services.Metrics.Started();
        CommandReply? reply = null;
        try
        {
            reply = _draining
                ? new CommandReply.Refused(RefusalKind.Unavailable, "draining", "This host is shutting down; send to another, or again after its restart.", TimeSpan.FromSeconds(1))
                : await _mediator.Send(command, cancellationToken);
            return reply;
        }
        finally
        {
            if (reply is null)
            {
                _services.Metrics.Abandoned();
            }
            else
            {
                _services.Metrics.Answered(Types.TryGet(command.Actor.Type ?? "", out _) ? command.Actor.Type! : "unknown", reply, _services.Time.GetElapsedTime(started));
            }
        }
    }

    private async Task PassivateAsync()
    {
        var every = TimeSpan.FromTicks(Math.Max(_services.Options.IdleTime.Ticks / 4, TimeSpan.TicksPerMillisecond));
        try
        {
            while (true)
            {
                await Task.Delay(every, _services.Time, _stop.Token);
                _catalog.PassivateIdle();
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task StopWorkAsync()
    {
        if (_disposed)
        {
            return;
        }

        _stop.Cancel(); // not CancelAsync: its continuation would leave the scheduler
        await _work;
    }

    private static IStateFiles StateFilesOf(ActorRuntimeOptions options) =>
        options?.Directory is { } folder ? new StateFolder(folder) : new StateMemory();
}
