namespace Loom.Cli.Hosting;

/// <summary>What 'run' and 'demo' tell the host. What is null stays the host's own default.</summary>
internal sealed record HostOptions(string? Data, string? Urls, IReadOnlyList<string> Machines, string? Config)
{
    public IEnumerable<string> ToArguments()
    {
        foreach (var (name, value) in new[] { ("--data", Data), ("--urls", Urls), ("--config", Config) })
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
