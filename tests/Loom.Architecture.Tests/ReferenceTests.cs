using System.Reflection;

namespace Loom.Architecture.Tests;

/// <summary>The arrows of docs/architecture.md, read from the built assemblies.</summary>
public sealed class ReferenceTests
{
    /// <summary>Project, and the Loom projects that it may reference.</summary>
    public static TheoryData<string, string[]> Allowed => new()
    {
        { "Loom.Core", [] },
        { "Loom.Wasm", [] },
        { "Loom.Journal", ["Loom.Core"] },
        { "Loom.Coordination", ["Loom.Core"] },
        { "Loom.Blobs", ["Loom.Core", "Loom.Journal"] },
        { "Loom.EventStoreDb", ["Loom.Core", "Loom.Journal"] },
        { "Loom.Provenance", ["Loom.Core", "Loom.Wasm"] },
        { "Loom.Runtime", ["Loom.Core", "Loom.Journal", "Loom.Wasm", "Loom.Coordination"] },
        { "Loom.Proving", ["Loom.Core", "Loom.Journal", "Loom.Coordination", "Loom.Runtime", "Loom.Provenance"] },
        { "Loom.Console", ["Loom.Core", "Loom.Provenance"] },
        { "BankLedger", ["Loom.Core"] },
        { "ExpenseDeclarations", ["Loom.Core"] },
        { "loom", ["Loom.Core", "Loom.Journal", "Loom.Provenance", "Loom.Wasm"] },
        {
            "Loom.Host",
            ["Loom.Core", "Loom.Journal", "Loom.EventStoreDb", "Loom.Blobs", "Loom.Coordination", "Loom.Runtime", "Loom.Provenance", "Loom.Proving", "Loom.Console", "BankLedger", "ExpenseDeclarations"]
        },
    };

    [Theory]
    [MemberData(nameof(Allowed))]
    public void A_project_references_only_what_the_architecture_allows(string project, string[] allowed)
    {
        string[] ours = [.. Allowed.Select(row => (string)((object[])row)[0])];
        var references = Assembly.Load(project).GetReferencedAssemblies().Select(a => a.Name!).Where(ours.Contains);

        Assert.Empty(references.Except(allowed));
    }

    [Theory]
    [InlineData("Loom.Core")]
    [InlineData("Loom.Provenance")]
    public void What_an_auditor_loads_needs_only_the_base_framework(string project)
    {
        var references = Assembly.Load(project).GetReferencedAssemblies().Select(a => a.Name!);

        Assert.DoesNotContain(references, r => r.StartsWith("Microsoft.", StringComparison.Ordinal));
    }
}
