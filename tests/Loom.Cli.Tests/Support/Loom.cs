using System.CommandLine;

namespace Loom.Cli.Tests;

/// <summary>Runs a command line in this process and keeps what it wrote.</summary>
internal sealed record Ran(int Exit, string Out, string Error)
{
    public static async Task<Ran> LoomAsync(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var exit = await LoomApp.RunAsync(args, new InvocationConfiguration { Output = output, Error = error }, CancellationToken.None);
        return new Ran(exit, output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
    }
}
