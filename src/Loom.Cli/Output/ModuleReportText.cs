using Loom.Api;
using Loom.Cli.Client;

namespace Loom.Cli.Output;

/// <summary>What a host found in a module, as text.</summary>
internal static class ModuleReportText
{
    public static int Show(Invocation i, Answer<ModuleReportResult> answer)
    {
        var report = answer.Value;
        if (i.Json)
        {
            i.WriteBody(answer.Body);
        }
        else
        {
            Write(i, report);
        }

        return report.Accepted ? ExitCodes.Ok : ExitCodes.SaidNo;
    }

    private static void Write(Invocation i, ModuleReportResult report)
    {
        i.Line(Headline(report));
        i.Line($"module    sha256:{report.Sha256}, {Counted.Of(report.Size, "byte")}");
        if (report.Contents is { } contents)
        {
            i.Line($"memory    {contents.MemoryPages} to {contents.MaxMemoryPages} pages of 64 KiB");
            contents.Imports.ToList().ForEach(m => i.Outside($"imports   {Printable.Line(m)}"));
            contents.Exports.ToList().ForEach(e => i.Outside($"exports   {Printable.Line(e)}"));
            i.Line($"provable  {(contents.Provable ? "yes" : "no")}");
        }

        foreach (var finding in report.Findings)
        {
            i.Outside($"{(finding.Refuses ? "refused " : "finding ")}  {finding.Rule}: {Printable.Line(finding.Message)}");
        }
    }

    private static string Headline(ModuleReportResult report) => report switch
    {
        { Accepted: false } => "refused: nothing would be registered",
        { Module: null } => "good: it may be registered",
        { KnownAlready: true, Module: { } m } => $"registered before: {m.Name}@{m.Version}, {Standing(m)}",
        { Module: { } m } => $"registered: {m.Name}@{m.Version}, {Standing(m)}",
    };

    private static string Standing(ModuleItem m) =>
        m.Current ? $"decides for {m.ActorType}" : $"kept beside the module that decides for {m.ActorType} ('loom module use {m.Name}@{m.Version}' changes that)";
}
