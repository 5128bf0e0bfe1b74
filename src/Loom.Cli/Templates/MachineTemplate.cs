using System.Text;
using Loom.Core;

namespace Loom.Cli.Templates;

/// <summary>
/// The project that <c>loom new machine NAME</c> makes: the files under <c>Templates/machine</c>, which are a <c>dotnet new</c> template
/// as well (<c>dotnet new install src/Loom.Cli/Templates/machine</c>).
/// </summary>
internal static class MachineTemplate
{
    private const string Prefix = "template:";

    private static readonly HashSet<string> Taken = new(["Loom", "System", "Microsoft", "Xunit", "Import", "Account", "Declaration"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Writes the project into a folder that is absent or empty; gives the files written, relative to it.</summary>
    /// <param name="targetDirectory">Where to.</param>
    /// <param name="name">The machine's name: letters and digits, a letter first.</param>
    /// <param name="loomCoreReference">A version of the package Loom.Core, or the path of its project.</param>
    /// <param name="cancellationToken">Stops between two files.</param>
    /// <exception cref="ArgumentException">The name makes no actor type, or is taken.</exception>
    /// <exception cref="IOException">The folder holds something.</exception>
    public static async Task<IReadOnlyList<string>> WriteAsync(
        string targetDirectory, string name, string loomCoreReference, CancellationToken cancellationToken)
    {
        if (!ActorId.IsType(Camel(name)))
        {
            throw new ArgumentException("It makes no actor type: that is a letter, then up to 63 letters or digits.");
        }

        if (Taken.Contains(name))
        {
            throw new ArgumentException("A namespace or an actor type that every host has is called that.");
        }

        if (Directory.Exists(targetDirectory) && Directory.EnumerateFileSystemEntries(targetDirectory).Any())
        {
            throw new IOException($"{targetDirectory} is not empty; name a folder that is empty or not there yet.");
        }

        var (type, actor) = (Pascal(name), Camel(name));
        string Fill(string text) => text
            .Replace("LoomMachine", type, StringComparison.Ordinal)
            .Replace("loomMachine", actor, StringComparison.Ordinal);

        var written = new List<string>();
        var assembly = typeof(MachineTemplate).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(r => r.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var path = Fill(resource[Prefix.Length..].Replace('\\', '/'));
            if (path.StartsWith(".template.config", StringComparison.Ordinal))
            {
                continue; // only dotnet new needs it
            }

            await using var stream = assembly.GetManifestResourceStream(resource)!;
            using var reader = new StreamReader(stream, Encoding.UTF8);
            var text = Fill(await reader.ReadToEndAsync(cancellationToken)).Replace(PackageReference, Reference(loomCoreReference), StringComparison.Ordinal);
            var file = Path.Combine(targetDirectory, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, text, cancellationToken);
            written.Add(path);
        }

        return written;
    }

    /// <summary>The name as a class has it.</summary>
    public static string Pascal(string name) => name.Length == 0 ? "" : char.ToUpperInvariant(name[0]) + name[1..];

    /// <summary>The name as actor types have it.</summary>
    public static string Camel(string name) => name.Length == 0 ? "" : char.ToLowerInvariant(name[0]) + name[1..];

    private const string PackageReference = """<PackageReference Include="Loom.Core" Version="0.1.0" />""";

    private static string Reference(string loomCore)
    {
        var escaped = System.Security.SecurityElement.Escape(loomCore.EndsWith(".csproj", StringComparison.Ordinal) ? Path.GetFullPath(loomCore) : loomCore);
        return loomCore.EndsWith(".csproj", StringComparison.Ordinal)
            ? $"""<ProjectReference Include="{escaped}" />"""
            : $"""<PackageReference Include="Loom.Core" Version="{escaped}" />""";
    }
}
