using System.Diagnostics;
using System.Globalization;
using Loom.Cli.Output;
using Loom.Wasm;
using Table = Loom.Cli.Output.Table;

namespace Loom.Cli.Modules;

/// <summary>What <c>loom module bench</c> measures: both back ends take turns, so that a busy machine slows both.</summary>
internal static class BenchWork
{
    private const int Rounds = 9;

    private sealed record Figures(string BackEnd, double FirstResultMs, double InstantiateUs, double CallUs)
    {
        public double CallsPerSecond => 1e6 / CallUs;
    }

    public static async Task<int> RunAsync(Invocation i, string file, CallArguments arguments, TimeSpan time, CancellationToken cancellationToken)
    {
        var bytes = await ModuleFile.ReadAsync(file, cancellationToken);
        var module = ModuleFile.Load(file, bytes);
        var interpreter = BackEnd.Machine(file, BackEnd.Prepare(module, compiled: false, cancellationToken), MachineLimits.Default);
        var calls = await CallsAsync(file, interpreter, arguments, cancellationToken);
        bool[] backEnds = CompiledModule.IsSupported ? [true, false] : [false];
        var measured = backEnds.Select(compiled => new BenchRun(file, bytes, calls, compiled)).ToList();
        var slice = time / (Rounds * measured.Count);
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var run in measured)
            {
                run.Round(slice, cancellationToken);
            }
        }

        var figures = measured.Select(m => new Figures(BackEnd.NameOf(m.Compiled), m.FirstResultMs, m.InstantiateUs, m.CallUs)).ToList();
        var fuel = calls.Average(c => c.Fuel);
        if (i.Json)
        {
            i.WriteJson(new { file, sha256 = Convert.ToHexStringLower(module.Hash()), bytes = bytes.Length, calls = calls.Count, statuses = Statuses(calls), fuelPerCall = fuel, backEnds = figures, timesFaster = Ratio(figures) });
        }
        else
        {
            Write(i, bytes.Length, calls, fuel, figures);
        }

        return ExitCodes.Ok;
    }

    private static void Write(Invocation i, int bytes, IReadOnlyList<BenchCall> calls, double fuel, List<Figures> figures)
    {
        i.Line(Text($"{bytes:N0} bytes; {Counted.Of(calls.Count, "call")} ({Statuses(calls)}), {fuel:N0} units of fuel each; medians of {Rounds} rounds on one thread"));
        var table = new Table("BACK END", "BYTES TO FIRST RESULT", "INSTANTIATE", "CALL", "CALLS/S", "FUEL/S");
        foreach (var f in figures)
        {
            table.Add(
                f.BackEnd, Text($"{f.FirstResultMs:0.00} ms"), Text($"{f.InstantiateUs:0.00} µs"), Text($"{f.CallUs:0.00} µs"), Text($"{f.CallsPerSecond:N0}"),
                Text($"{fuel * f.CallsPerSecond / 1e6:N0} million"));
        }

        table.Write(i);
        if (Ratio(figures) is { } ratio)
        {
            i.Line(Text($"In this run a call is {ratio:0.0} times faster compiled than interpreted. A call is the whole of it: a fresh instance, frames in and out."));
        }
    }

    private static double? Ratio(List<Figures> figures) => figures.Count == 2 ? figures[1].CallUs / figures[0].CallUs : null;

    private static string Statuses(IReadOnlyList<BenchCall> calls) => string.Join(", ", calls.GroupBy(c => c.Status).Select(g => $"{g.Count()} {g.Key}"));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>The calls to repeat, tried out once: what traps is no benchmark.</summary>
    private static async Task<IReadOnlyList<BenchCall>> CallsAsync(string file, MachineModule machine, CallArguments arguments, CancellationToken cancellationToken)
    {
        var calls = new List<BenchCall>();
        if (arguments.Vectors is null)
        {
            Try(await CallInput.ReadAsync(arguments, cancellationToken));
            return calls;
        }

        CallAnswer? answer = null;
        foreach (var (_, _, input) in (await VectorFile.ReadAsync(arguments.Vectors, cancellationToken)).Play(() => answer!))
        {
            answer = Try(input);
        }

        return calls.Count > 0 ? calls : throw new CliException(ExitCodes.Malformed, $"{arguments.Vectors} has no steps.", null, "Bring a file with calls, or leave --vectors out.");

        CallAnswer Try(CallInput input)
        {
            var frame = input.Frame();
            var got = CallAnswer.Of(machine.Run(frame, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            if (got.Status == CallAnswer.Failed)
            {
                throw new CliException(ExitCodes.SaidNo, $"{file} does not answer the call that is to be measured.", got.Reason, $"Choose another with --type, --command and --state, or --vectors. {got.Remedy}");
            }

            calls.Add(new BenchCall(frame, got.Status, got.Fuel));
            return got;
        }
    }
}

/// <summary>A call that is measured.</summary>
internal sealed record BenchCall(byte[] Frame, string Status, long Fuel);
