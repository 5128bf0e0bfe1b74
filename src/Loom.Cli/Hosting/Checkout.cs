namespace Loom.Cli.Hosting;

/// <summary>The checkout of Loom that this program was built in, if any.</summary>
internal static class Checkout
{
    /// <summary>The folder with Loom.sln above this program; null when the program was published or copied elsewhere.</summary>
    public static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Loom.sln")))
            {
                return folder.FullName;
            }
        }

        return null;
    }

    /// <summary>The same, for commands that make no sense elsewhere.</summary>
    public static string Require(string command) => Find()
        ?? throw new CliException(ExitCodes.Unreachable, $"'loom {command}' needs a checkout of Loom.", $"This program lies in {AppContext.BaseDirectory}, outside of any.", "Clone the repository and use its ./loom.");
}
