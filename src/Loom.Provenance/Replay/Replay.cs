using System.Diagnostics;
using Loom.Core;

namespace Loom.Provenance;

/// <summary>Runs the commands of all streams of a bundle again, and keeps what the claim <c>replayed</c> says of them.</summary>
internal sealed class Replay : IDisposable
{
    private const int ProgressEvery = 64;
    private readonly ReplayOptions _options;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _limit;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly long _total;
    private string? _left, _plain;

    public Replay(Bundle bundle, ReplayOptions options, CancellationToken cancellationToken)
    {
        (_options, _caller) = (options, cancellationToken);
        _limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (options.TimeLimit is { } limit)
        {
            _limit.CancelAfter(limit);
        }

        _total = bundle.Statement.Streams.Sum(s => s.Transitions);
        Modules = new BundleModules(bundle);
        Bundle = bundle;
    }

    public Bundle Bundle { get; }

    public BundleModules Modules { get; }

    /// <summary>What differs.</summary>
    public FirstFinding Differs { get; } = new();

    /// <summary>The first reason why something could not be run here.</summary>
    public string? NotCovered => _left ?? _plain;

    /// <summary>Transitions that came out the same.</summary>
    public long Same { get; private set; }

    /// <summary>Whether any stream was decided by a module.</summary>
    public bool AnyModule { get; private set; }

    /// <summary>Why no more time is left; null while there is some.</summary>
    public string? OutOfTime => _options.TimeLimit is { } limit && (_limit.IsCancellationRequested || _clock.Elapsed >= limit) ? $"the {limit.TotalSeconds:0.###} seconds allowed here are over; allow more" : null;

    /// <summary>A stream begins.</summary>
    public void Begin(StreamName stream, MachineId machine)
    {
        AnyModule |= machine.IsWasm;
        _plain ??= machine.IsWasm ? null : $"{stream} is decided by {machine}, which is no module";
    }

    public void Leave(string reason) => _left ??= reason;

    public void Count()
    {
        if (++Same % ProgressEvery == 0)
        {
            _options.Progress?.Report(new ReplayProgress(Same, _total));
        }
    }

    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public RunnerResult Run(ModuleRunner runner, ReadOnlySpan<byte> state, ReadOnlySpan<byte> command, ReadOnlySpan<byte> context)
    {
        // By the clock, not only by the timer: on a busy machine that comes late.
        if (OutOfTime is { } over)
        {
            return new RunnerResult(null, over, RunnerFailure.Outside);
        }

        var result = runner.Run(state, command, context, Math.Min(_options.Fuel, ModuleBounds.MaxFuel), _limit.Token);
        _caller.ThrowIfCancellationRequested();
        return result;
    }

    /// <summary>Whether running out of fuel here means that no host can have accepted the command.</summary>
    public bool HasAllFuel => _options.Fuel >= ModuleBounds.MaxFuel;

    public void Dispose() => _limit.Dispose();
}
