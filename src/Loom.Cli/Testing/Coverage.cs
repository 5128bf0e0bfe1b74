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
    // which are not counted here; for them the share is told, not required.
    private static readonly Dictionary<string, double> Floors = new()
    {
        ["Loom.Core"] = 0.80,
        ["Loom.Provenance"] = 0.80,
        ["Loom.Journal"] = 0,
        ["Loom.Runtime"] = 0,
    };

    public bool IsEnough => Lines >= Floors[Library];

    /// <summary>The arguments that make <c>dotnet test</c> measure; none for a project whose library is not measured.</summary>
    public static IReadOnlyList<string> Arguments(string testProject, string resultsFolder) =>
        LibraryOf(testProject) is { } library
            ?
            [
                "--collect", "XPlat Code Coverage", "--results-directory", Folder(testProject, resultsFolder), "--",
                $"DataCollectionRunSettings.DataCollectors.DataCollector.Configuration.Include=[{library}]*",
                "DataCollectionRunSettings.DataCollectors.DataCollector.Configuration.ExcludeByFile=**/obj/**",
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
        if (LibraryOf(testProject) is not { } library || !Directory.Exists(folder)
            || Directory.EnumerateFiles(folder, "coverage.cobertura.xml", SearchOption.AllDirectories).FirstOrDefault() is not { } file)
        {
            return null;
        }

        var root = XDocument.Load(file).Root!;
        return new Coverage(library, Share(root, "line-rate"), Share(root, "branch-rate"));
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"[coverage] {Library}: {Lines:P1} of lines{(Floors[Library] > 0 ? $" (at least {Floors[Library]:P0})" : "")}, {Branches:P1} of branches");

    private static string? LibraryOf(string testProject) => Floors.Keys.FirstOrDefault(l => l + ".Tests" == testProject);

    private static string Folder(string testProject, string resultsFolder) => Path.Combine(resultsFolder, "coverage", testProject);

    private static double Share(XElement root, string attribute) => double.Parse((string)root.Attribute(attribute)!, CultureInfo.InvariantCulture);
}
