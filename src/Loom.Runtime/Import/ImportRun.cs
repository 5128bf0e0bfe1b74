using System.Collections.Concurrent;
using System.Text;
using Loom.Core;

namespace Loom.Runtime.Import;

/// <summary>One pass over the cases of a log. Refusals are recorded block by block, so that memory does not grow with the file.</summary>
internal sealed class ImportRun(
    string actorType, ILogMapping mapping, ImportSettings settings, ImportChannel channel, Func<long> position, IProgress<ImportProgress>? progress)
{
    /// <summary>Cases whose refused steps are recorded together.</summary>
    private const int BlockSize = 100;

    /// <summary>About the largest body of one record, in bytes: below what a command may have, by more than one refusal takes.</summary>
    private const int MaxRecord = 24_000;

    /// <summary>More kinds than this are counted together; the last record must fit a command as well.</summary>
    private const int MaxKinds = 100;

    private readonly ConcurrentDictionary<string, Counter> _kinds = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, Block> _blocks = new();
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private int _cases, _accepted, _refused;

    public async Task CasesAsync(IAsyncEnumerable<XesTrace> traces, CancellationToken cancellationToken)
    {
        var read = 0;
        async IAsyncEnumerable<(int Index, XesTrace Trace, ActorId? Actor)> Numbered()
        {
            await foreach (var trace in traces.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                _blocks.TryAdd(read / BlockSize, new Block());
                yield return (read++, trace, ActorOf(trace));
            }
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = settings.Parallelism, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Numbered(), options, async (item, ct) =>
        {
            var refusals = await CaseAsync(item.Trace, item.Actor, ct).ConfigureAwait(false);
            var number = item.Index / BlockSize;
            if (_blocks[number].Done(item.Index, refusals) == BlockSize)
            {
                await RecordAsync(number, ct).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);

        foreach (var number in _blocks.Keys.Order().ToArray())
        {
            await RecordAsync(number, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task<ImportReport> FinishAsync(string sha256, CancellationToken cancellationToken)
    {
        var kinds = _kinds.ToDictionary(k => k.Key, k => new KindCount(k.Value.Accepted, k.Value.Refused), StringComparer.Ordinal);
        var total = Progress();
        await channel.OwnAsync(
            "finish", "finish", new FinishImport(total.Cases, total.Steps, total.Accepted, total.Refused, kinds),
            ImportJson.Default.FinishImport, cancellationToken).ConfigureAwait(false);
        progress?.Report(total);
        return new ImportReport(channel.Import, sha256, total, kinds);
    }

    public async Task FailAsync(string reason, CancellationToken cancellationToken)
    {
        var total = Progress();
        await channel.OwnAsync(
            $"fail:{total.Steps}", "fail", new FailImport(reason, total.Cases, total.Steps, total.Accepted, total.Refused),
            ImportJson.Default.FailImport, cancellationToken).ConfigureAwait(false);
    }

    // Runs in the order of the file: of two cases with one name the second is refused whole.
    private ActorId? ActorOf(XesTrace trace) =>
        mapping.ActorIdOf(trace.Name) is { } id && _names.Add(id) ? new ActorId(actorType, id) : null;

    private async Task<List<RefusedStep>> CaseAsync(XesTrace trace, ActorId? actor, CancellationToken cancellationToken)
    {
        var refusals = new List<RefusedStep>();
        var prefix = actor is { } a ? $"{channel.Import.Id}:{Digest.Of(Encoding.UTF8.GetBytes(a.Id)).ToString()[..16]}" : "";
        long revision = -1;
        if (actor is { } born && trace.Steps.Count > 0 && mapping.Open(trace.Steps[0].Step, settings.Machine) is { } open)
        {
            (revision, _) = await TakeAsync(born, $"{prefix}:open", open, revision, cancellationToken).ConfigureAwait(false);
        }

        foreach (var (step, problem) in trace.Steps)
        {
            (string Rule, string Message)? no = null;
            if (actor is not { } target)
            {
                no = ("case-name", $"'{trace.Name}' can be no actor's ID, or an earlier case of the file has it.");
            }
            else if (problem is not null)
            {
                no = ("unreadable-step", problem);
            }
            else if (mapping.Map(step) is not { } command)
            {
                no = ("unknown-activity", $"{actorType} has no command for '{step.Activity}' by {step.Role ?? "nobody"}.");
            }
            else
            {
                (revision, no) = await TakeAsync(target, $"{prefix}:{step.Index}", command, revision, cancellationToken).ConfigureAwait(false);
            }

            Count(step.Activity, no is null);
            if (no is { } rule)
            {
                refusals.Add(new RefusedStep(Cut(trace.Name, 200), step.Index, Cut(step.Activity, 200), rule.Rule, Cut(rule.Message, 400)));
            }
        }

        Interlocked.Increment(ref _cases);
        return refusals;
    }

    private async Task<(long Revision, (string Rule, string Message)? No)> TakeAsync(
        ActorId actor, string id, MappedCommand command, long revision, CancellationToken cancellationToken) =>
        await channel.StepAsync(actor, id, command, revision, cancellationToken).ConfigureAwait(false) switch
        {
            CommandReply.Accepted r => (r.Revision, null),
            CommandReply.Rejected r => (revision, (r.Code, r.Message)),
            CommandReply.Refused r => (revision, (r.Code, r.Message)),
            var other => throw new InvalidOperationException($"{other.GetType().Name} is no reply."),
        };

    private async Task RecordAsync(int number, CancellationToken cancellationToken)
    {
        if (!_blocks.TryRemove(number, out var block))
        {
            return;
        }

        var part = 0;
        foreach (var refusals in Parts(block.InOrder()))
        {
            await channel.OwnAsync(
                $"refusals:{number}:{part}", "record-refusals", new RecordRefusals(number, part, refusals),
                ImportJson.Default.RecordRefusals, cancellationToken).ConfigureAwait(false);
            part++;
        }

        progress?.Report(Progress());
    }

    private static IEnumerable<IReadOnlyList<RefusedStep>> Parts(IEnumerable<RefusedStep> refusals)
    {
        var part = new List<RefusedStep>();
        var size = 0;
        foreach (var refusal in refusals)
        {
            size += 80 + Encoding.UTF8.GetByteCount($"{refusal.Case}{refusal.Activity}{refusal.Rule}{refusal.Message}");
            part.Add(refusal);
            if (size > MaxRecord)
            {
                yield return part;
                (part, size) = ([], 0);
            }
        }

        if (part.Count > 0)
        {
            yield return part;
        }
    }

    private void Count(string activity, bool accepted)
    {
        var kind = Cut(activity, 80);
        var counter = _kinds.TryGetValue(kind, out var known) ? known
            : _kinds.GetOrAdd(_kinds.Count < MaxKinds ? kind : "(other kinds)", static _ => new Counter());
        counter.Add(accepted);
        Interlocked.Increment(ref accepted ? ref _accepted : ref _refused);
    }

    private ImportProgress Progress()
    {
        var (accepted, refused) = (Volatile.Read(ref _accepted), Volatile.Read(ref _refused));
        return new ImportProgress(Volatile.Read(ref _cases), accepted + refused, accepted, refused, position());
    }

    private static string Cut(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        // Never between the halves of a surrogate pair.
        var end = char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1;
        return text[..end] + "…";
    }

    private sealed class Counter
    {
        private int _accepted, _refused;

        public int Accepted => Volatile.Read(ref _accepted);

        public int Refused => Volatile.Read(ref _refused);

        public void Add(bool accepted) => Interlocked.Increment(ref accepted ? ref _accepted : ref _refused);
    }

    private sealed class Block
    {
        private readonly SortedDictionary<int, List<RefusedStep>> _refusals = [];
        private int _done;

        public int Done(int index, List<RefusedStep> refusals)
        {
            lock (_refusals)
            {
                _refusals.Add(index, refusals);
                return ++_done;
            }
        }

        public IEnumerable<RefusedStep> InOrder() => _refusals.Values.SelectMany(r => r);
    }
}
