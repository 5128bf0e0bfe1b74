using System.CommandLine;

namespace Loom.Cli.Tests;

/// <summary>Runs a command line in this process and keeps what it wrote.</summary>
internal sealed record Ran(int Exit, string Out, string Error)
{
    public static Task<Ran> LoomAsync(params string[] args) => LoomAsync(CancellationToken.None, args);

    public static async Task<Ran> LoomAsync(CancellationToken cancellationToken, params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var exit = await LoomApp.RunAsync(args, new InvocationConfiguration { Output = output, Error = error }, cancellationToken);
        return new Ran(exit, output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
    }

    /// <summary>The same, had it to succeed: what it wrote on standard output.</summary>
    public string Good()
    {
        Xunit.Assert.True(Exit == 0, $"exit {Exit}: {Out}{Error}");
        return Out;
    }

    /// <summary>What a command with --json answered.</summary>
    public System.Text.Json.JsonElement Json() => System.Text.Json.JsonDocument.Parse(Good()).RootElement;
}
