using System.CommandLine;
using System.CommandLine.Invocation;
using Loom.Cli.Commands;
using Loom.Cli.Output;

namespace Loom.Cli;

/// <summary>The whole command line: builds the tree of commands, parses, runs, and turns errors into exit codes.</summary>
internal static class LoomApp
{
    /// <summary>The option that every command understands.</summary>
    public const string Json = "--json";

    public static RootCommand CreateRoot()
    {
        var root = new RootCommand("Loom: state machines whose history can be proven.");
        root.Options.Add(new Option<bool>(Json) { Description = "Write JSON instead of text.", Recursive = true });
        foreach (var command in All())
        {
            root.Subcommands.Add(command);
        }

        // '--version' would shadow 'loom version' in help; one way to ask is enough.
        root.Options.OfType<VersionOption>().ToList().ForEach(o => root.Options.Remove(o));
        return root;
    }

    /// <summary>In the order in which help lists them: first day first.</summary>
    private static IEnumerable<Command> All() =>
    [
        DemoCommand.Create(),
        RunCommand.Create(),
        NewCommand.Create(),
        SendCommand.Create(),
        ActorsCommand.Create(),
        ShowCommand.Create(),
        HistoryCommand.Create(),
        ReplayCommand.Create(),
        TailCommand.Create(),
        ExportCommand.Create(),
        VerifyCommand.Create(),
        TrustCommand.Create(),
        LogCommand.Create(),
        JournalCommands.Create(),
        BlobCommands.Create(),
        ModuleCommands.Create(),
        ProveCommand.Create(),
        ReceiptsCommand.Create(),
        KeyCommand.Create(),
        ProjectionsCommand.Create(),
        TokenCommand.Create(),
        ConfigCommand.Create(),
        ImportCommand.Create(),
        TestCommand.Create(),
        BenchCommand.Create(),
        FuzzCommand.Create(),
        CompletionsCommand.Create(),
        VersionCommand.Create(),
    ];

    /// <summary>What people type out of habit: nothing, <c>help COMMAND</c>, <c>--version</c>.</summary>
    private static string[] Habits(string[] args) => args switch
    {
        [] => ["--help"],
        ["help", .. var command] => [.. command, "--help"],
        ["--version", ..] => ["version"],
        _ => args,
    };

    public static async Task<int> RunAsync(IReadOnlyList<string> args, InvocationConfiguration configuration, CancellationToken cancellationToken)
    {
        configuration.EnableDefaultExceptionHandler = false;
        configuration.ProcessTerminationTimeout = null; // Program.cs owns the signals.

        // '@file' is the body of a command here, never a response file.
        var parsed = CreateRoot().Parse(Habits([.. args]), new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            return UsageErrors.Report(parsed, configuration.Error);
        }

        try
        {
            return await parsed.InvokeAsync(configuration, cancellationToken);
        }
        catch (Exception e)
        {
            return Failures.Report(e, configuration.Error, parsed.GetValue<bool>(Json), cancellationToken);
        }
    }
}
