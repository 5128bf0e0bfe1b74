namespace Loom.Hosting;

/// <summary>What lies where in the data folder.</summary>
internal sealed class DataFolder(string root)
{
    private const int MaxEnvelopes = 10_000;

    public string Root => root;

    public string Journal => Path.Combine(root, "journal");

    /// <summary>Names the server that this folder's journal is on, without credentials; absent while the journal is embedded.</summary>
    public string JournalServer => Path.Combine(root, "journal-server");

    /// <summary>Held open by the process that the folder belongs to, where no embedded journal does that.</summary>
    public string Lock => Path.Combine(root, "lock");

    public string Blobs => Path.Combine(root, "blobs");

    public string State => Path.Combine(root, "state");

    public string Projections => Path.Combine(root, "projections");

    public string Log => Path.Combine(root, "log");

    public string Keys => Path.Combine(root, "keys");

    public string Tokens => Path.Combine(root, "tokens.json");

    /// <summary>The first operator's token, in clear, until somebody has taken it over.</summary>
    public string FirstToken => Path.Combine(root, "operator.token");

    /// <summary>Signatures of bundles made before, by what they are over.</summary>
    public string Envelopes => Path.Combine(root, "envelopes");

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
            // The journal holds what bundles may hide: nobody else on this machine is to read it.
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder.Root);
            }
            else
            {
                Directory.CreateDirectory(folder.Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(ExitCode.Usage, $"The data folder {path} cannot be made: {e.Message} Choose another with --data.", e);
        }
    }

    /// <summary>
    /// Removes what a process that was killed left of uploads and exports, and the oldest of very many signatures of bundles. Only by who
    /// holds the journal's lock.
    /// </summary>
    public void Clear()
    {
        if (Directory.Exists(Envelopes))
        {
            foreach (var old in new DirectoryInfo(Envelopes).EnumerateFiles().OrderByDescending(f => f.LastWriteTimeUtc).Skip(MaxEnvelopes).ToList())
            {
                old.Delete();
            }
        }

        if (Directory.Exists(Uploads))
        {
            Directory.Delete(Uploads, recursive: true);
        }
    }
}
