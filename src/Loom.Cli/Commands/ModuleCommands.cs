using System.CommandLine;
using Loom.Cli.Modules;
using Loom.Cli.Output;

namespace Loom.Cli.Commands;

/// <summary><c>loom module</c>: WebAssembly modules. inspect, run and bench work alone, on a file.</summary>
internal static class ModuleCommands
{
    public static Command Create() => new("module", "Inspect, run and measure WebAssembly modules on files; register, list and choose them on a host.")
    {
        CreateInspect(), CreateRun(), CreateBench(), ModuleHostCommands.CreateAdd(), ModuleHostCommands.CreateList(), ModuleHostCommands.CreateUse(),
    };

    public static Argument<string> FileArgument() => new("file") { Description = "The module, *.wasm." };

    private static Command CreateInspect()
    {
        var file = FileArgument();
        var names = new Option<bool>("--names") { Description = "Also list the functions that the name section names." };
        var provable = new Option<bool>("--provable") { Description = "Exit 1 also when the module lies outside of the subset that can be proven." };
        return new Command("inspect", "Say what a module is made of, whether it is a machine (ABI v1), and whether it can be proven. Exit 1 when it is no machine.") { file, names, provable }
            .Runs((i, ct) => InspectWork.RunAsync(i, i.Required(file), i.Get(names), i.Get(provable), ct));
    }

    private static Command CreateRun()
    {
        var file = FileArgument();
        var call = new CallOptions();
        var fuel = new Option<long?>("--fuel") { Description = "Units of fuel, about as many instructions; 1,000,000,000 when not given." };
        var interpreter = new Option<bool>("--interpreter") { Description = "Interpret the module instead of compiling it. State, events and fuel are the same." };
        var output = new Option<string?>("--output", "-o") { Description = "Write the new state to this file, for the next call's --state @FILE." };
        var frame = new Option<string?>("--frame") { Description = "Write the call's input frame to this file: what loom-prover proves the call on." };
        var command = new Command("run", "Run one call of a machine (ABI v1), or the calls of a vectors file, and show what it answers.") { file, fuel, interpreter, output, frame };
        call.AddTo(command);
        command.Validators.Add(r =>
        {
            if (r.GetResult(frame) is not null && r.GetResult("--vectors") is not null)
            {
                r.AddError("--frame is one call's: leave --vectors out.");
            }
        });
        return command.Runs((i, ct) => RunWork.RunAsync(
            i, i.Required(file), call.Read(i), new RunSettings(Fuel(i.Get(fuel)), i.Get(interpreter), i.Get(output), i.Get(frame)), ct));
    }

    private static Command CreateBench()
    {
        var file = FileArgument();
        var call = new CallOptions();
        var seconds = new Option<double>("--seconds") { Description = "About how long to measure.", DefaultValueFactory = _ => 3 };
        var command = new Command("bench", "Measure a machine on one thread: load, instantiate, call; compiled beside interpreted in the same run.") { file, seconds };
        call.AddTo(command);
        return command.Runs((i, ct) => BenchWork.RunAsync(i, i.Required(file), call.Read(i), Time(i.Get(seconds)), ct));
    }

    private static long? Fuel(long? fuel) => fuel is not < 0 ? fuel : throw new CliException(ExitCodes.Usage, "--fuel takes a number from 0 up.");

    private static TimeSpan Time(double seconds) => seconds is >= 0.1 and <= 600 ? TimeSpan.FromSeconds(seconds) : throw new CliException(ExitCodes.Usage, "--seconds takes a number from 0.1 to 600.");
}

/// <summary>The options that say what a machine is called with.</summary>
internal sealed class CallOptions
{
    private readonly Option<string?> _type = new("--type") { Description = "The command's type; the context's commandType when that is given." };
    private readonly Option<string?> _command = new("--command") { Description = "The command's body: JSON, or @FILE; {} when not given. JSON is brought into canonical form, as hosts do." };
    private readonly Option<string?> _state = new("--state") { Description = "The state before: its text, or @FILE with its bytes; none (birth) when not given." };
    private readonly Option<string?> _context = new("--context") { Description = "Members of the context, as a JSON object or @FILE; the others are {actor: module-1, at: 2026-01-01T00:00:00.000000Z, commandId: command-1, principal: alice, revision: 0, roles: []}." };
    private readonly Option<string?> _vectors = new("--vectors") { Description = "A file of calls with the answers that are expected, such as samples/modules/counter.vectors.json, instead of one call." };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_type, _command, _state, _context, _vectors])
        {
            command.Options.Add(option);
        }

        command.Validators.Add(r =>
        {
            if (r.GetResult(_vectors) is not null && ((Option[])[_type, _command, _state, _context]).Any(o => r.GetResult(o) is not null))
            {
                r.AddError("--vectors brings types, commands, states and contexts of its own: leave the others out.");
            }
        });
    }

    public CallArguments Read(Invocation i) => new(i.Get(_type), i.Get(_command), i.Get(_state), i.Get(_context), i.Get(_vectors));
}
