using Loom.Core;
using Loom.Journal.Blobs;
using Loom.Runtime;

namespace Loom.Hosting.Modules;

/// <summary>Registers the modules of folders (<c>modules</c>) when the host starts: <c>NAME.module.json</c> beside <c>NAME.wasm</c>.</summary>
internal static class ModuleFolders
{
    private const string Suffix = ".module.json";

    /// <summary>Whom the registrations name.</summary>
    public const string Principal = "loom:host";

    /// <exception cref="StartupException">A folder is missing, or a module is refused.</exception>
    public static async Task RegisterAsync(ModuleRegistry modules, IReadOnlyList<string> folders, CancellationToken cancellationToken)
    {
        foreach (var folder in folders)
        {
            // By name: of several modules for one actor type, the first is used.
            foreach (var manifest in ManifestsOf(folder))
            {
                await RegisterAsync(modules, manifest, cancellationToken);
            }
        }
    }

    private static List<string> ManifestsOf(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new StartupException(ExitCode.Usage, $"The folder {Path.GetFullPath(folder)} does not exist (modules). Give the folder that holds NAME{Suffix} and NAME.wasm.");
        }

        var manifests = Directory.GetFiles(folder, "*" + Suffix).OrderBy(NameOf, StringComparer.Ordinal).ToList();
        return manifests.Count > 0
            ? manifests
            : throw new StartupException(ExitCode.Usage, $"The folder {Path.GetFullPath(folder)} holds no module (modules): expected NAME{Suffix} beside NAME.wasm.");
    }

    private static async Task RegisterAsync(ModuleRegistry modules, string manifest, CancellationToken cancellationToken)
    {
        var wasm = Path.Combine(Path.GetDirectoryName(manifest)!, NameOf(manifest) + ".wasm");
        if (!File.Exists(wasm))
        {
            throw new StartupException(ExitCode.Usage, $"{manifest} has no module beside it: {wasm} does not exist (modules).");
        }

        try
        {
            var report = await modules.RegisterAsync(
                await File.ReadAllBytesAsync(wasm, cancellationToken), await File.ReadAllBytesAsync(manifest, cancellationToken), Principal, null, cancellationToken);
            if (report.Refusal is { } refusal)
            {
                throw new StartupException(ExitCode.Usage, $"{wasm} is refused ({refusal.Rule}): {refusal.Message}");
            }
        }
        catch (BlobException e)
        {
            throw new StartupException(ExitCode.InUse, $"{wasm} could not be stored: {e.Message}", e);
        }
    }

    private static string NameOf(string manifest) => Path.GetFileName(manifest)[..^Suffix.Length];
}
