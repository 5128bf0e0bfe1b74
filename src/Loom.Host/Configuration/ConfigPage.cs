using System.Text;
using Loom.Configuration;

namespace Loom.Hosting.Configuration;

/// <summary>The page <c>docs/configuration.md</c>, made from the schema (a test keeps the two equal).</summary>
internal static class ConfigPage
{
    public static string Write()
    {
        var page = new StringBuilder("""
            # Configuration

            Every setting can be given as a flag (`--NAME VALUE`), as an environment variable, or in `loom.json` (in the working directory, or where
            `--config` or `LOOM_CONFIG` says; names with dots are nested objects). A flag beats a variable, a variable beats the file, the file beats
            the default; `loom config explain` shows each value in force and where it comes from. The file is read again when it changes: settings
            marked *live* take effect at once, the others at the next start. A bad file is refused with line and reason, and what was in force stays.

            | setting | variable | takes | default | what it does |
            |---|---|---|---|---|

            """);
        foreach (var s in ConfigSchema.All)
        {
            var fallback = s.Default.Length == 0 ? "(empty)" : $"`{s.Default}`";
            page.Append($"| `{s.Name}` | `{s.Variable}` | {s.Accepts} | {fallback} | {s.Description}{(s.Live ? " *Live.*" : "")} |\n");
        }

        return page.ToString().ReplaceLineEndings("\n");
    }
}
