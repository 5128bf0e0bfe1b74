namespace Loom.Cli.Hosting;

/// <summary>What 'run' and 'demo' tell the host. What is null stays the host's own default.</summary>
internal sealed record HostOptions(string? Data, string? Urls, IReadOnlyList<string> Machines, string? Config)
{
    /// <summary>A connection string, where the journal is not to be embedded. It may hold a password, which a list of processes would show.</summary>
    public string? Journal { get; init; }

    /// <summary>Where the host serves its journal to clients of EventStoreDB.</summary>
    public string? EventStoreDb { get; init; }

    /// <summary>What the host finds in its environment instead of in its arguments.</summary>
    public IEnumerable<KeyValuePair<string, string>> Variables => Journal is null ? [] : [KeyValuePair.Create("LOOM_JOURNAL_ADDRESS", Journal)];

    public IEnumerable<string> ToArguments()
    {
        foreach (var (name, value) in new[] { ("--data", Data), ("--urls", Urls), ("--config", Config), ("--eventStoreDb.urls", EventStoreDb) })
        {
            if (value is not null)
            {
                yield return name;
                yield return value;
            }
        }

        foreach (var machine in Machines)
        {
            yield return "--machines";
            yield return machine;
        }
    }
}
