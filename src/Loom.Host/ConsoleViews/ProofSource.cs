using System.Runtime.CompilerServices;
using Loom.Core;
using Loom.Journal;
using Loom.Proving;

namespace Loom.Hosting.ConsoleViews;

/// <summary>
/// Where the console finds proofs: in the proving service, or, on a host that proves nothing now, in what <c>loom.proofs</c> tells of
/// earlier times. A journal without proofs loads nothing for it.
/// </summary>
internal sealed class ProofSource(IServiceProvider services, IJournal journal, TimeProvider time) : IDisposable
{
    private static readonly StreamName Stream = StreamName.Parse("loom.proofs");
    private readonly Lock _gate = new();
    private IDisposable? _own;

    /// <summary>The service; null on a host that proves nothing.</summary>
    public ProvingService? Service => services.GetService<ProvingService>();

    /// <summary>The queue, as far as it is journaled; null when nothing ever was to be proven.</summary>
    public async Task<ProofQueue?> QueueAsync(CancellationToken cancellationToken) =>
        Running() ?? (await journal.LastRevisionAsync(Stream, cancellationToken) < 0 ? null : await OwnAsync(cancellationToken));

    public void Dispose() => _own?.Dispose();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ProofQueue? Running() => Service?.Queue;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<ProofQueue> OwnAsync(CancellationToken cancellationToken)
    {
        ProofQueue queue;
        lock (_gate)
        {
            queue = (ProofQueue)(_own ??= new ProofQueue(journal, time));
        }

        await queue.CatchUpAsync(cancellationToken);
        return queue;
    }
}
