namespace Loom.Hosting.Proofs;

/// <summary>Where the program <c>loom-prover</c> is when nobody says so.</summary>
internal static class ProverLocation
{
    public static string FileName { get; } = OperatingSystem.IsWindows() ? "loom-prover.exe" : "loom-prover";

    /// <summary>The one built in the checkout that this host lies in, else the first on the PATH; null when there is none.</summary>
    public static string? Find() => Find(AppContext.BaseDirectory, Environment.GetEnvironmentVariable("PATH") ?? "");

    public static string? Find(string folder, string path)
    {
        var checkout = new List<string>();
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            checkout.Add(Path.Combine(at.FullName, "prover", "target", "release", FileName));
        }

        return checkout.Concat(path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathFullyQualified).Select(p => Path.Combine(p, FileName)))
            .FirstOrDefault(File.Exists);
    }
}
