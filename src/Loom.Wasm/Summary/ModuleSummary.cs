namespace Loom.Wasm;

/// <summary>Something imported, for people.</summary>
/// <param name="Module">The first name.</param>
/// <param name="Name">The second name.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Type">Its type in words.</param>
public sealed record ImportSummary(string Module, string Name, ExternalKind Kind, string Type);

/// <summary>Something exported, for people.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Type">Its type in words.</param>
public sealed record ExportSummary(string Name, ExternalKind Kind, string Type);

/// <summary>What a module is made of, for people. Names are the module's own words: show them with <see cref="Printable.Text"/>.</summary>
/// <param name="Sha256">The module's hash, 64 lower-case hex digits.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Name">The name that its name section gives it, or null.</param>
/// <param name="Imports">What it needs.</param>
/// <param name="Exports">What it gives.</param>
/// <param name="Functions">How many functions of its own it has.</param>
/// <param name="CodeBytes">Bytes of their bodies.</param>
/// <param name="Globals">How many globals of its own it has.</param>
/// <param name="Memory">The size of its memory in pages, or null when it has none.</param>
/// <param name="Tables">Its tables.</param>
/// <param name="DataBytes">Bytes of its data segments.</param>
/// <param name="Sections">Its sections, in order.</param>
/// <param name="FunctionNames">Names of functions by index, as far as its name section can be read.</param>
public sealed record ModuleSummary(
    string Sha256,
    int Bytes,
    string? Name,
    IReadOnlyList<ImportSummary> Imports,
    IReadOnlyList<ExportSummary> Exports,
    int Functions,
    int CodeBytes,
    int Globals,
    Limits? Memory,
    IReadOnlyList<TableType> Tables,
    int DataBytes,
    IReadOnlyList<SectionInfo> Sections,
    IReadOnlyDictionary<int, string> FunctionNames)
{
    /// <summary>Sums a module up.</summary>
    public static ModuleSummary Of(WasmModule module)
    {
        var names = NameSection.Read(module);
        return new ModuleSummary(
            Convert.ToHexStringLower(module.Hash()),
            module.Bytes.Length,
            names.Module,
            ImportsOf(module),
            [.. module.Exports.Select(e => new ExportSummary(e.Name, e.Kind, TypeOf(module, e.Kind, e.Index)))],
            module.Bodies.Length,
            module.Bodies.Sum(b => b.Bytes.Length),
            module.GlobalValues.Length,
            module.Memories.Count == 0 ? null : module.Memories[0],
            module.Tables,
            module.Data.Sum(d => d.Bytes.Length),
            module.Sections,
            names.Functions);
    }

    private static List<ImportSummary> ImportsOf(WasmModule module)
    {
        var next = new int[4]; // the index that the next import of each kind has
        return [.. module.Imports.Select(i => new ImportSummary(i.Module, i.Name, i.Kind, TypeOf(module, i.Kind, next[(int)i.Kind]++)))];
    }

    private static string TypeOf(WasmModule module, ExternalKind kind, int index) => kind switch
    {
        ExternalKind.Function => module.FunctionTypes[index].ToString(),
        ExternalKind.Table => Words(module.Tables[index]),
        ExternalKind.Memory => $"{Words(module.Memories[index])} pages",
        _ => (module.Globals[index].Mutable ? "mutable " : "") + Words(module.Globals[index].Value),
    };

    internal static string Words(TableType table) => $"{Words(table.Limits)} {Words(table.Element)}";

    internal static string Words(Limits limits) => limits.Maximum is { } most ? $"{limits.Minimum}..{most}" : $"{limits.Minimum} or more";

    private static string Words(ValueType type) => type.ToString().ToLowerInvariant();
}
