using System.Collections.Concurrent;
using System.Security.Cryptography;
using Loom.Core;
using Loom.Provenance.Receipts;
using Loom.Wasm;

namespace Loom.Proving.Tests;

/// <summary>
/// Stands at the network's place: takes jobs, runs the module, and signs what it says came out with a key that only <see cref="KeyVerifier"/>
/// believes. It proves nothing; the tests are about the queue around it.
/// </summary>
internal sealed class RemoteProver(byte[] key) : IProver
{
    private static readonly ConcurrentDictionary<Digest, MachineModule> Modules = new();
    private readonly ConcurrentDictionary<string, Job> _jobs = new();
    private readonly ConcurrentQueue<string> _worked = new();
    private readonly ConcurrentQueue<string> _cancelled = new();

    /// <summary>Whether it can be reached.</summary>
    public volatile bool Reachable = true;

    /// <summary>Whether jobs come to an end.</summary>
    public volatile bool Works = true;

    /// <summary>Says why a job fails; null lets it through.</summary>
    public Func<ProverJob, ProverException?> Fails { get; set; } = _ => null;

    /// <summary>Changes the receipts that it gives.</summary>
    public Func<byte[], byte[]> Changes { get; set; } = receipt => receipt;

    /// <summary>Changes the images that it makes: another translator.</summary>
    public byte Translator { get; set; } = 1;

    /// <summary>Why it makes no image; null when it does.</summary>
    public ProverException? NoImage { get; set; }

    /// <summary>The ids of the jobs that it worked on, each as often as it did.</summary>
    public IReadOnlyList<string> Worked => [.. _worked];

    /// <summary>The ids that it was told to forget.</summary>
    public IReadOnlyList<string> Cancelled => [.. _cancelled];

    public Task CheckAsync(CancellationToken cancellationToken) => Reach();

    public async Task<ProverImage> ImageAsync(ReadOnlyMemory<byte> module, CancellationToken cancellationToken)
    {
        await Reach();
        return NoImage is { } no ? throw no : ImageOf(module.Span);
    }

    public async Task StartAsync(ProverJob job, CancellationToken cancellationToken)
    {
        await Reach();
        _jobs.TryAdd(job.Id, new Job(job));
    }

    public async Task<ProverProgress> ProgressAsync(string id, CancellationToken cancellationToken)
    {
        await Reach();
        if (!_jobs.TryGetValue(id, out var job))
        {
            return new ProverProgress(ProverJobState.Unknown);
        }

        if (!Works)
        {
            return new ProverProgress(ProverJobState.Running, "commit", 1, 4, TimeSpan.FromSeconds(3));
        }

        return job.Finish(Work) switch
        {
            ProverException e => new ProverProgress(ProverJobState.Failed, Failure: e),
            _ => new ProverProgress(ProverJobState.Done),
        };
    }

    public async Task<ReadOnlyMemory<byte>> ReceiptAsync(string id, CancellationToken cancellationToken)
    {
        await Reach();
        return Changes((byte[])_jobs[id].Finish(Work));
    }

    public async Task CancelAsync(string id, CancellationToken cancellationToken)
    {
        await Reach();
        _jobs.TryRemove(id, out _);
        _cancelled.Enqueue(id);
    }

    private object Work(ProverJob job)
    {
        _worked.Enqueue(job.Id);
        if (Fails(job) is { } failure)
        {
            return failure;
        }

        var module = Modules.GetOrAdd(Digest.Of(job.Module.Span), _ => MachineModule.Make(TieredModule.Make(WasmModule.Load(job.Module, ModuleLimits.Default), new ExecutableOptions())));
        var run = module.Run(job.Input.Span);
        var statement = Statement.Of(ImageOf(job.Module.Span).Id, job.Input.Span, run.Output.Span, (uint)run.ExitCode!.Value, 1000).ToArray();
        return (byte[])[.. statement, .. HMACSHA256.HashData(key, statement)];
    }

    private ProverImage ImageOf(ReadOnlySpan<byte> module)
    {
        byte[] bytes = [Translator, .. Digest.Of(module).ToArray()];
        return new ProverImage(Digest.Of(bytes), bytes);
    }

    private Task Reach() => Reachable
        ? Task.CompletedTask
        : Task.FromException(new ProverException(ProverFailure.Unavailable, "prover-unreachable", "The prover cannot be reached. Start it."));

    private sealed class Job(ProverJob work)
    {
        private readonly Lock _gate = new();
        private object? _result;

        public object Finish(Func<ProverJob, object> by)
        {
            lock (_gate)
            {
                return _result ??= by(work);
            }
        }
    }
}

/// <summary>Believes what is signed with its key, and nothing else.</summary>
internal sealed class KeyVerifier(byte[] key) : IReceiptVerifier
{
    public int Verified;

    public ReceiptVerdict Verify(ExpectedReceipt expected, ReadOnlyMemory<byte> receipt)
    {
        Interlocked.Increment(ref Verified);
        return receipt.Length == 160 && CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(key, receipt.Span[..128]), receipt.Span[128..])
            ? new ReceiptVerdict.Proven(receipt[..128], receipt)
            : new ReceiptVerdict.Refused("Signature", "the signature is not the key's");
    }
}
