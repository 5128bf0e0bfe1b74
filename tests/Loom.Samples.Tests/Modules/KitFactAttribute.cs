using System.Collections.Concurrent;
using Loom.Testing;

namespace Loom.Samples.Tests.Modules;

/// <summary>A test that builds modules with a kit's compiler; reported as skipped, with the command that provides it, where there is none.</summary>
public sealed class KitFactAttribute : FactAttribute
{
    private static readonly ConcurrentDictionary<string, string> Missing = new(StringComparer.Ordinal);

    /// <summary>Names the kit (rust, assemblyscript or c), and whether the test runs modules in Node.</summary>
    public KitFactAttribute(string kit, bool node = false)
    {
        var missing = Missing.GetOrAdd(kit, static k => OperatingSystem.IsWindows() ? "needs bash" : BuildScript.Run("--ready", k).Output);
        missing += node ? new ProgramFactAttribute("node", "nodejs").Skip : "";
        if (missing.Length > 0)
        {
            Skip = missing.Trim();
        }
    }
}
