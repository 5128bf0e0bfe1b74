using System.Diagnostics;
using Loom.Wasm;

namespace Loom.Cli.Modules;

/// <summary>One back end's figures, gathered in rounds.</summary>
internal sealed class BenchRun
{
    private readonly string _file;
    private readonly byte[] _bytes;
    private readonly IReadOnlyList<BenchCall> _calls;
    private readonly Executable _executable;
    private readonly MachineModule _machine;
    private readonly Imports _imports = new();
    private readonly List<double> _first = [], _instantiate = [], _call = [];
    private int _next;

    public BenchRun(string file, byte[] bytes, IReadOnlyList<BenchCall> calls, bool compiled)
    {
        (_file, _bytes, _calls, Compiled) = (file, bytes, calls, compiled);
        FirstResult(default); // the engine's own code, and the platform's, warm up
        var module = ModuleFile.Load(file, bytes);
        _executable = BackEnd.Prepare(module, compiled, default);
        _machine = BackEnd.Machine(file, _executable, MachineLimits.Default);
        for (var f = 0; f < module.Imports.Count; f++)
        {
            // Only to be linked: an instance that is never called calls nobody.
            _imports.Add(module.Imports[f].Module, module.Imports[f].Name, new HostFunction(module.Functions[f], static (_, _, _) => throw new HostTrapException(new Trap(TrapKind.Host, "not called"))));
        }
    }

    public bool Compiled { get; }

    /// <summary>From bytes to the first result in a warm process: decode, validate, make ready, instantiate, call.</summary>
    public double FirstResultMs => Median(_first) / 1e3;

    public double InstantiateUs => Median(_instantiate);

    public double CallUs => Median(_call);

    public void Round(TimeSpan slice, CancellationToken cancellationToken)
    {
        _first.Add(FirstResult(cancellationToken));
        _instantiate.Add(Average(slice / 6, Instantiate, cancellationToken));
        _call.Add(Average(slice * 5 / 6, () => Call(_machine, cancellationToken), cancellationToken));
    }

    private double FirstResult(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var executable = BackEnd.Prepare(ModuleFile.Load(_file, _bytes), Compiled, cancellationToken);
        Call(BackEnd.Machine(_file, executable, MachineLimits.Default), cancellationToken);
        return Stopwatch.GetElapsedTime(started).TotalMicroseconds;
    }

    private void Instantiate()
    {
        using var instance = _executable.Instantiate(new Store { Fuel = MachineLimits.Default.Fuel }, _imports);
    }

    private void Call(MachineModule machine, CancellationToken cancellationToken)
    {
        machine.Run(_calls[_next].Frame, cancellationToken);
        _next = (_next + 1) % _calls.Count;
    }

    /// <summary>Microseconds of one of the many that fit into the time; whole turns through the calls, so that every round does the same work.</summary>
    private double Average(TimeSpan time, Action action, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var done = 0L;
        TimeSpan elapsed;
        do
        {
            for (var n = 0; n < _calls.Count; n++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                action();
            }

            done += _calls.Count;
            elapsed = Stopwatch.GetElapsedTime(started);
        }
        while (elapsed < time);
        return elapsed.TotalMicroseconds / done;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
