using System.Globalization;
using System.Xml.Linq;

namespace Loom.Cli.Testing;

/// <summary>How much of a library its own test project executed.</summary>
/// <param name="Library">The assembly, for example <c>Loom.Core</c>.</param>
/// <param name="Lines">The share of lines, 0 to 1.</param>
/// <param name="Branches">The share of branches, 0 to 1.</param>
internal sealed record Coverage(string Library, double Lines, double Branches)
{
    // The least share of lines that a library's own tests reach. Journal and runtime are tested by the log's and the simulations' projects too,
    // which are not counted here; for them the share is told, not required. The verifier of receipts has a project of tests of its own, and is
    // measured there without its arithmetic: counting every line of a field multiplication took minutes, and what those lines compute is
    // compared with known answers, with a prover that shares no code, and term by term with the specification's list of constraints.
    private static readonly Measured[] All =
    [
        new("Loom.Core", "Loom.Core.Tests", 0.80),
        new("Loom.Provenance", "Loom.Provenance.Tests", 0.80) { Exclude = "[Loom.Provenance]Loom.Provenance.Receipts.*" },
        new("Loom.Provenance.Receipts", "Loom.Receipts.Tests", 0.80)
        {
            Include = "[Loom.Provenance]Loom.Provenance.Receipts.*", ExcludeFiles = "**/Receipts/Field/**,**/Receipts/Air/**",
        },
        new("Loom.Journal", "Loom.Journal.Tests", 0),
        new("Loom.Runtime", "Loom.Runtime.Tests", 0),
    ];

    public bool IsEnough => Lines >= Floor;

    private double Floor => All.Single(m => m.Library == Library).Floor;

    /// <summary>The arguments that make <c>dotnet test</c> measure; none for a project whose library is not measured.</summary>
    public static IReadOnlyList<string> Arguments(string testProject, string resultsFolder) =>
        Of(testProject) is { } measured
            ?
            [
                "--collect", "XPlat Code Coverage", "--results-directory", Folder(testProject, resultsFolder), "--",
                Setting("Include", measured.Include ?? $"[{measured.Library}]*"),
                Setting("ExcludeByFile", measured.ExcludeFiles is { } files ? "**/obj/**," + files : "**/obj/**"),
                .. measured.Exclude is { } exclude ? [Setting("Exclude", exclude)] : Array.Empty<string>(),
                Setting("SingleHit", "true"), // that a line ran is asked for, not how often: loops then cost little more than without counting
            ]
            : [];

    /// <summary>Removes what an earlier run measured, so that it cannot pass for this one's.</summary>
    public static void Clear(string testProject, string resultsFolder)
    {
        if (Directory.Exists(Folder(testProject, resultsFolder)))
        {
            Directory.Delete(Folder(testProject, resultsFolder), recursive: true);
        }
    }

    /// <summary>What was measured; null where the library is not measured or the run left no report.</summary>
    public static Coverage? Read(string testProject, string resultsFolder)
    {
        var folder = Folder(testProject, resultsFolder);
        if (Of(testProject) is not { } measured || !Directory.Exists(folder)
            || Directory.EnumerateFiles(folder, "coverage.cobertura.xml", SearchOption.AllDirectories).FirstOrDefault() is not { } file)
        {
            return null;
        }

        var root = XDocument.Load(file).Root!;
        return new Coverage(measured.Library, Share(root, "line-rate"), Share(root, "branch-rate"));
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"[coverage] {Library}: {Lines:P1} of lines{(Floor > 0 ? $" (at least {Floor:P0})" : "")}, {Branches:P1} of branches");

    private static Measured? Of(string testProject) => All.FirstOrDefault(m => m.TestProject == testProject);

    private static string Setting(string name, string value) => $"DataCollectionRunSettings.DataCollectors.DataCollector.Configuration.{name}={value}";

    private static string Folder(string testProject, string resultsFolder) => Path.Combine(resultsFolder, "coverage", testProject);

    private static double Share(XElement root, string attribute) => double.Parse((string)root.Attribute(attribute)!, CultureInfo.InvariantCulture);

    /// <summary>What is measured by which project's tests.</summary>
    private sealed record Measured(string Library, string TestProject, double Floor)
    {
        public string? Include { get; init; }

        public string? Exclude { get; init; }

        public string? ExcludeFiles { get; init; }
    }
}
