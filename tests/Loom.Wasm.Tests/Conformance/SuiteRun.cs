namespace Loom.Wasm.Tests.Conformance;

/// <summary>Runs one file of the suite on one back end: all commands but those that only load modules, which <see cref="LoadingTests"/> tries.</summary>
internal sealed class SuiteRun(SuiteFile file, Func<WasmModule, ExecutableOptions, Executable> make, ExecutableOptions options) : IDisposable
{
    private readonly Store store = new(new ExecutionLimits { MemoryPages = LinearMemory.MaxPages, TableElements = 10_000_000 }) { Fuel = long.MaxValue };
    private readonly Imports imports = Spectest.AddTo(new Imports());
    private readonly Dictionary<string, Instance> named = [];
    private readonly List<Instance> made = [];
    private Instance? latest;

    /// <summary>How many commands of each type were run, and how many were skipped.</summary>
    public SortedDictionary<string, int> Counts { get; } = new(StringComparer.Ordinal);

    /// <summary>What did not go as the suite says.</summary>
    public List<string> Wrong { get; } = [];

    public void Run()
    {
        foreach (var command in file.Commands)
        {
            if (command.Type is "assert_invalid" or "assert_malformed") continue;
            var skipped = SuiteLists.Skipped(command) is not null
                || SuiteLists.Unsupported.ContainsKey(file.Name)
                || SuiteLists.Unsupported.ContainsKey($"{file.Name}:{command.Line}");
            var what = skipped ? "skipped" : command.Type;
            Counts[what] = Counts.GetValueOrDefault(what) + 1;
            if (!skipped && Try(command) is { } difference) Wrong.Add($"{file.At(command)}: {difference}");
        }
    }

    public void Dispose() => made.ForEach(m => m.Dispose());

    private string? Try(SuiteCommand command)
    {
        try
        {
            return Do(command);
        }
        catch (Exception e)
        {
            return e.ToString();
        }
    }

    private string? Do(SuiteCommand command)
    {
        switch (command.Type)
        {
            case "module":
                latest = Instantiate(command);
                if (command.Name is not null) named[command.Name] = latest;
                return null;
            case "register":
                imports.AddExports(command.As!, Of(command.Name));
                return null;
            case "action":
                return Act(command.Action!).Trap is { } trap ? $"trapped: {trap.Message}" : null;
            case "assert_return":
                return Compare(command.Expected ?? [], Act(command.Action!));
            case "assert_trap" or "assert_exhaustion":
                return Compare(command.Text!, Act(command.Action!));
            case "assert_unlinkable":
                return Message(Assert.Throws<LinkException>(() => Instantiate(command)).Message, command.Text!);
            case "assert_uninstantiable":
                return Message(Assert.Throws<InstantiationException>(() => Instantiate(command)).Trap.Message, command.Text!);
            default:
                return "a command that the runner does not know";
        }
    }

    private Instance Instantiate(SuiteCommand command)
    {
        var instance = make(WasmModule.Load(file.Module(command)), options).Instantiate(store, imports);
        made.Add(instance);
        return instance;
    }

    private Instance Of(string? name) => name is null ? latest! : named[name];

    private Outcome Act(SuiteAction action)
    {
        var instance = Of(action.Module);
        return action.Type == "get"
            ? new Outcome([instance.Global(action.Field)!.Value], null)
            : instance.Call(action.Field, [.. (action.Args ?? []).Select(SuiteValues.Read)]);
    }

    private static string? Compare(SuiteValue[] expected, Outcome outcome)
    {
        if (outcome.Trap is { } trap) return $"trapped: {trap.Message}";
        return expected.Length == outcome.Results.Length && expected.Zip(outcome.Results).All(p => SuiteValues.Fits(p.First, p.Second))
            ? null
            : $"expected {SuiteValues.Show(expected)}, got {SuiteValues.Show(outcome.Results)}";
    }

    private static string? Compare(string expected, Outcome outcome) =>
        outcome.Trap is { } trap ? Message(trap.Message, expected) : $"expected a trap ({expected}), got {SuiteValues.Show(outcome.Results)}";

    // Some of the suite's texts say more ("uninitialized element 2"), some less ("undefined") than ours.
    private static string? Message(string actual, string expected) =>
        expected.StartsWith(actual, StringComparison.Ordinal) || actual.StartsWith(expected, StringComparison.Ordinal) ? null : $"expected '{expected}', got '{actual}'";
}
