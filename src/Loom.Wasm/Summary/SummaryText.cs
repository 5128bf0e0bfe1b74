using System.Globalization;

namespace Loom.Wasm;

/// <summary>A summary as lines of text.</summary>
public static class SummaryText
{
    /// <summary>The lines. Control characters in the module's names are written out, so that they do nothing to a terminal.</summary>
    public static IEnumerable<string> Lines(this ModuleSummary summary)
    {
        yield return $"module    {(summary.Name is { } name ? Printable.Text(name) + " " : "")}sha256:{summary.Sha256}";
        yield return $"size      {Number(summary.Bytes)} bytes: {Number(summary.Functions)} functions in {Number(summary.CodeBytes)} bytes of code, {Number(summary.DataBytes)} bytes of data, {Number(summary.Globals)} globals";
        yield return $"memory    {(summary.Memory is { } memory ? ModuleSummary.Words(memory) + " pages of 64 KiB" : "none")}";
        foreach (var table in summary.Tables) yield return $"table     {ModuleSummary.Words(table)}";
        foreach (var import in summary.Imports) yield return $"imports   {import.Kind.ToString().ToLowerInvariant(),-8} {Printable.Text(import.Module)}.{Printable.Text(import.Name)} {import.Type}";
        foreach (var export in summary.Exports) yield return $"exports   {export.Kind.ToString().ToLowerInvariant(),-8} {Printable.Text(export.Name)} {export.Type}";
        foreach (var section in summary.Sections) yield return $"section   {(section.Id == 0 ? $"custom '{Printable.Text(section.Name)}'" : section.Name)}: {Number(section.Size)} bytes at {Number(section.Offset)}";
    }

    private static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
