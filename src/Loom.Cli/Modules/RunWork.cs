using System.Diagnostics;
using Loom.Cli.Output;
using Loom.Wasm;
using Printable = Loom.Cli.Output.Printable;

namespace Loom.Cli.Modules;

/// <summary>What <c>loom module run</c> does: calls, each in a fresh instance, as a host would make them.</summary>
internal static class RunWork
{
    private static readonly TimeSpan MostForAgain = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(Invocation i, string file, CallArguments arguments, RunSettings settings, CancellationToken cancellationToken)
    {
        var module = await ModuleFile.LoadAsync(file, cancellationToken);
        var compiled = BackEnd.Compiles(settings.Interpreted);
        var limits = settings.Fuel is { } fuel ? MachineLimits.Default with { Fuel = fuel } : MachineLimits.Default;
        var vectors = arguments.Vectors is { } path ? await VectorFile.ReadAsync(path, cancellationToken) : null;
        var input = vectors is null ? await CallInput.ReadAsync(arguments, cancellationToken) : null;
        var machine = BackEnd.Machine(file, BackEnd.Prepare(module, compiled, cancellationToken), limits);
        return vectors is not null
            ? await PlayAsync(i, file, machine, compiled, arguments.Vectors!, vectors, settings.Output, cancellationToken)
            : await OnceAsync(i, file, machine, compiled, input!, settings, cancellationToken);
    }

    private static async Task<int> OnceAsync(Invocation i, string file, MachineModule machine, bool compiled, CallInput input, RunSettings settings, CancellationToken cancellationToken)
    {
        var frame = input.Frame();
        if (settings.Frame is { } path)
        {
            await OutputFile.WriteAsync(path, force: true, (stream, ct) => stream.WriteAsync(frame, ct).AsTask(), cancellationToken);
        }

        var started = Stopwatch.GetTimestamp();
        var run = machine.Run(frame, cancellationToken);
        var took = Stopwatch.GetElapsedTime(started);
        cancellationToken.ThrowIfCancellationRequested();
        var answer = CallAnswer.Of(run);
        var again = took < MostForAgain && answer.Status != CallAnswer.Failed ? Again(machine, frame, cancellationToken) : (TimeSpan?)null;
        if (i.Json)
        {
            WriteJson(i, file, compiled, answer, took, again);
        }
        else
        {
            WriteText(i, compiled, answer, took, again);
        }

        await SaveAsync(answer, settings.Output, cancellationToken);
        return answer.Status == CallAnswer.Accepted ? ExitCodes.Ok : ExitCodes.SaidNo;
    }

    // Calls change nothing, so that one may be made again: the first one's time is mostly the platform's compiler at work.
    private static TimeSpan Again(MachineModule machine, byte[] frame, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        machine.Run(frame, cancellationToken);
        return Stopwatch.GetElapsedTime(started);
    }

    private static async Task<int> PlayAsync(
        Invocation i, string file, MachineModule machine, bool compiled, string path, VectorFile vectors, string? output, CancellationToken cancellationToken)
    {
        CallAnswer? answer = null;
        CallAnswer? accepted = null;
        var wrong = new List<(int Step, string Command, string Expected, string Got, string? Reason)>();
        var (fuel, took) = (0L, TimeSpan.Zero);
        foreach (var (number, step, input) in vectors.Play(() => answer!))
        {
            var frame = input.Frame();
            var started = Stopwatch.GetTimestamp();
            var run = machine.Run(frame, cancellationToken);
            took += Stopwatch.GetElapsedTime(started);
            cancellationToken.ThrowIfCancellationRequested();
            answer = CallAnswer.Of(run);
            accepted = answer.Status == CallAnswer.Accepted ? answer : accepted;
            fuel += answer.Fuel;
            if (answer.ToVector() != step.Answer)
            {
                wrong.Add((number, step.Command, step.Answer, answer.ToVector(), answer.Reason));
            }
        }

        if (i.Json)
        {
            i.WriteJson(new
            {
                file,
                vectors = path,
                backEnd = BackEnd.NameOf(compiled),
                steps = vectors.Steps.Count,
                asExpected = vectors.Steps.Count - wrong.Count,
                fuel,
                milliseconds = took.TotalMilliseconds,
                differences = wrong.Select(w => new { w.Step, w.Command, expected = Core(w.Expected), got = Core(w.Got), w.Reason }),
            });
        }
        else
        {
            foreach (var (step, command, expected, got, reason) in wrong)
            {
                i.Outside($"step {step} {Printable.Line(command)} differs{(reason is null ? "" : $": {reason}")}");
                i.Outside($"  expected {expected}");
                i.Outside($"  got      {got}");
            }

            i.Line($"{vectors.Steps.Count - wrong.Count:N0} of {Counted.Of(vectors.Steps.Count, "step")} as expected, {BackEnd.NameOf(compiled)}: {fuel:N0} units of fuel, {Milliseconds(took)}");
        }

        if (wrong.Count == 0 && accepted is not null)
        {
            await SaveAsync(accepted, output, cancellationToken);
        }

        return wrong.Count == 0 ? ExitCodes.Ok : ExitCodes.SaidNo;
    }

    private static System.Text.Json.JsonElement Core(string json) => CallAnswer.Json(System.Text.Encoding.UTF8.GetBytes(json));

    private static Task SaveAsync(CallAnswer answer, string? output, CancellationToken cancellationToken) =>
        output is null || answer.Status != CallAnswer.Accepted ? Task.CompletedTask
        : OutputFile.WriteAsync(output, force: true, (stream, ct) => stream.WriteAsync(answer.State, ct).AsTask(), cancellationToken);

    private static void WriteText(Invocation i, bool compiled, CallAnswer answer, TimeSpan took, TimeSpan? again)
    {
        i.Line($"{answer.Status} in {Milliseconds(took)}{(again is { } warm ? $" (called again: {Milliseconds(warm)})" : "")}, {BackEnd.NameOf(compiled)}: {answer.Fuel:N0} units of fuel");
        if (answer.Status == CallAnswer.Failed)
        {
            i.Line("Nothing changes.");
            throw new CliException(ExitCodes.SaidNo, "The call failed.", $"{answer.Reason}{(answer.ExitCode is > 0 and var exit ? $" (exit code {exit})" : "")}", answer.Remedy);
        }

        i.Outside($"{(answer.Status == CallAnswer.Rejected ? "reason" : "state ")}  {CallAnswer.Show(answer.State)}");
        foreach (var happened in answer.EventList())
        {
            i.Outside($"event   {Printable.Line(happened.GetProperty("type").GetString()!)}  {happened.GetProperty("data").GetRawText()}");
        }
    }

    private static void WriteJson(Invocation i, string file, bool compiled, CallAnswer answer, TimeSpan took, TimeSpan? again) => i.WriteJson(new
    {
        file,
        backEnd = BackEnd.NameOf(compiled),
        answer.Status,
        state = answer.Status == CallAnswer.Accepted ? CallAnswer.Json(answer.State) : (object?)null,
        events = answer.EventList(),
        rejection = answer.Status == CallAnswer.Rejected ? CallAnswer.Json(answer.State) : (object?)null,
        failure = answer.Status == CallAnswer.Failed ? new { answer.Reason, answer.Remedy, answer.ExitCode } : null,
        answer.Fuel,
        milliseconds = took.TotalMilliseconds,
        millisecondsAgain = again?.TotalMilliseconds,
    });

    private static string Milliseconds(TimeSpan time) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.###} ms");
}
