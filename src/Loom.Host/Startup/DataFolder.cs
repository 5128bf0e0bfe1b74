namespace Loom.Hosting;

/// <summary>What lies where in the data folder.</summary>
internal sealed class DataFolder(string root)
{
    public string Root => root;

    public string Journal => Path.Combine(root, "journal");

    public string State => Path.Combine(root, "state");

    public string Projections => Path.Combine(root, "projections");

    public string Log => Path.Combine(root, "log");

    public string Keys => Path.Combine(root, "keys");

    public string Tokens => Path.Combine(root, "tokens.json");

    public string Uploads => Path.Combine(root, "uploads");

    /// <summary>The file with the log's name.</summary>
    public string Origin => Path.Combine(root, "log-origin");

    public string Checkpoint => Path.Combine(root, "checkpoint");

    /// <exception cref="StartupException">It cannot be made or written.</exception>
    public static DataFolder Open(string path)
    {
        var folder = new DataFolder(path);
        try
        {
            Directory.CreateDirectory(folder.Root);
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(ExitCode.Usage, $"The data folder {path} cannot be made: {e.Message} Choose another with --data.", e);
        }
    }
}
