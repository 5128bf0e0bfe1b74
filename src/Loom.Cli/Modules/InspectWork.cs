using System.Globalization;
using Loom.Cli.Output;
using Loom.Wasm;
using Safe = Loom.Wasm.Printable;

namespace Loom.Cli.Modules;

/// <summary>What <c>loom module inspect</c> says.</summary>
internal static class InspectWork
{
    /// <summary>A hostile module has a finding for every instruction; nobody reads more than these.</summary>
    private const int MostFindings = 1_000;
    private const int FindingsAsText = 20;

    public static async Task<int> RunAsync(Invocation i, string file, bool names, bool provable, CancellationToken cancellationToken)
    {
        var module = await ModuleFile.LoadAsync(file, cancellationToken);
        var summary = ModuleSummary.Of(module);
        var refusal = MachineRules.Check(module, ExecutionLimits.Default);
        var findings = ProvableSubset.Check(module);
        if (i.Json)
        {
            WriteJson(i, file, summary, refusal, findings);
        }
        else
        {
            WriteText(i, summary, refusal, findings, names);
        }

        return refusal is null && (!provable || findings.Count == 0) ? ExitCodes.Ok : ExitCodes.SaidNo;
    }

    private static void WriteText(Invocation i, ModuleSummary summary, MachineRefusal? refusal, IReadOnlyList<SubsetFinding> findings, bool names)
    {
        foreach (var line in summary.Lines())
        {
            i.Line(line);
        }

        var imported = summary.Imports.Count(m => m.Kind == ExternalKind.Function);
        i.Line($"names     {Counted.Of(summary.FunctionNames.Count, "function")} of {imported + summary.Functions} named{(names || summary.FunctionNames.Count == 0 ? "" : " (--names lists them)")}");
        foreach (var (index, name) in names ? summary.FunctionNames.OrderBy(n => n.Key).AsEnumerable() : [])
        {
            i.Line($"name      {index.ToString(CultureInfo.InvariantCulture),-8} {Safe.Text(name)}");
        }

        i.Line($"machine   {(refusal is null ? "yes, ABI v1" : $"no: {refusal.Kind}: {Safe.Text(refusal.Message)}")}");
        i.Line($"provable  {(findings.Count == 0 ? "yes, inside the provable subset" : $"no: {Counted.Of(findings.Count, "finding")}")}");
        foreach (var finding in findings.Take(FindingsAsText))
        {
            i.Line($"finding   {Words(finding, summary)}");
        }

        if (findings.Count > FindingsAsText)
        {
            i.Line($"          and {findings.Count - FindingsAsText:N0} more (--json has {(findings.Count > MostFindings ? $"the first {MostFindings:N0}" : "them all")})");
        }
    }

    private static string Words(SubsetFinding finding, ModuleSummary summary)
    {
        var where = finding.Function is { } function ? $"function {function}{(summary.FunctionNames.TryGetValue(function, out var name) ? $" '{Safe.Text(name)}'" : "")}" : "";
        var at = finding.Offset is { } offset ? $"byte {offset}" : "";
        var place = string.Join(", ", new[] { where, at }.Where(p => p.Length > 0));
        return $"{finding.Rule}: {Safe.Text(finding.Message)}{(place.Length > 0 ? $" ({place})" : "")}";
    }

    private static void WriteJson(Invocation i, string file, ModuleSummary s, MachineRefusal? refusal, IReadOnlyList<SubsetFinding> findings) => i.WriteJson(new
    {
        file,
        s.Sha256,
        s.Bytes,
        s.Name,
        s.Functions,
        s.CodeBytes,
        s.DataBytes,
        s.Globals,
        memory = s.Memory is { } memory ? new { pages = memory.Minimum, maximumPages = memory.Maximum } : null,
        tables = s.Tables.Select(t => new { element = Word(t.Element), t.Limits.Minimum, t.Limits.Maximum }),
        imports = s.Imports.Select(m => new { m.Module, m.Name, kind = Word(m.Kind), m.Type }),
        exports = s.Exports.Select(e => new { e.Name, kind = Word(e.Kind), e.Type }),
        sections = s.Sections.Select(e => new { e.Id, e.Name, e.Offset, e.Size }),
        functionNames = s.FunctionNames.OrderBy(n => n.Key).ToDictionary(n => n.Key.ToString(CultureInfo.InvariantCulture), n => n.Value),
        machine = new { abi = refusal is null ? 1 : (int?)null, refusal = refusal is null ? null : new { kind = refusal.Kind.ToString(), refusal.Message } },
        provable = new
        {
            inside = findings.Count == 0,
            count = findings.Count,
            findings = findings.Take(MostFindings).Select(f => new
            {
                rule = f.Rule.ToString(),
                f.Message,
                f.Function,
                name = f.Function is { } n ? s.FunctionNames.GetValueOrDefault(n) : null,
                f.Offset,
            }),
        },
    });

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
