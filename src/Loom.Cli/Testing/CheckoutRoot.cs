namespace Loom.Cli.Testing;

/// <summary>The checkout that this program was built in.</summary>
internal static class CheckoutRoot
{
    /// <summary>The folder of Loom.sln above the program, or null when it runs from somewhere else.</summary>
    public static string? Find()
    {
        for (var d = new DirectoryInfo(AppContext.BaseDirectory); d is not null; d = d.Parent)
        {
            if (File.Exists(Path.Combine(d.FullName, "Loom.sln")))
            {
                return d.FullName;
            }
        }

        return null;
    }
}
