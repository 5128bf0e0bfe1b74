using Loom.Testing;

namespace Loom.Wasm.Tests.Conformance;

/// <summary>The part of the suite that needs no running: what must load, and what must be refused and why.</summary>
public sealed class LoadingTests
{
    [SharedDataFact(SuiteFile.Marker)]
    public void Every_module_of_the_suite_loads_or_is_refused_as_it_says()
    {
        var wrong = new List<string>();
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var file in SuiteFile.All)
        {
            foreach (var command in file.Commands.Where(c => c.Filename is not null))
            {
                var what = SuiteLists.Skipped(command) is { } reason ? $"skipped ({reason})" : command.Type;
                counts[what] = counts.GetValueOrDefault(what) + 1;
                if (what == command.Type && Wrong(file, command) is { } difference) wrong.Add($"{file.At(command)}: {difference}");
            }
        }

        foreach (var (what, count) in counts) Console.WriteLine($"[suite] {what}: {count}");
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.Equal(736, counts["assert_malformed"]);
        Assert.Equal(1_475, counts["assert_invalid"]);
        Assert.Equal(1_125, counts["module"]);
    }

    private static string? Wrong(SuiteFile file, SuiteCommand command)
    {
        InvalidModuleKind? expected = command.Type switch
        {
            "assert_malformed" => InvalidModuleKind.Malformed,
            "assert_invalid" => InvalidModuleKind.Invalid,
            _ => null, // loads, even if it then cannot be linked or brought to life
        };
        WasmModule.TryLoad(file.Module(command), null, out _, out var refusal);
        var asListed = refusal is not null && expected is not null && SuiteLists.RefusedOtherwise.ContainsKey($"{file.Name}:{command.Line}");
        return refusal?.Kind == expected ^ asListed ? null : $"expected {expected?.ToString() ?? "to load"} ({command.Text}), got {refusal?.ToString() ?? "a module"}";
    }
}
