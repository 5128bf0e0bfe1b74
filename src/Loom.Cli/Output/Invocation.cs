using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Loom.Cli.Output;

/// <summary>What a running command has: its parsed arguments and where its output goes.</summary>
internal sealed class Invocation(ParseResult parsed)
{
    public static JsonSerializerOptions JsonOptions { get; } = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    public TextWriter Out { get; } = parsed.InvocationConfiguration.Output;

    public TextWriter Error { get; } = parsed.InvocationConfiguration.Error;

    public bool Json { get; } = parsed.GetValue(LoomApp.Json);

    /// <summary>Whether a person looks at standard output.</summary>
    public bool IsTerminal => ReferenceEquals(Out, Console.Out) && !Console.IsOutputRedirected;

    /// <summary>Whether a person looks at standard error, where progress goes.</summary>
    public bool ErrorIsTerminal => ReferenceEquals(Error, Console.Error) && !Console.IsErrorRedirected;

    public T? Get<T>(Option<T> option) => parsed.GetValue(option);

    public T? Get<T>(Argument<T> argument) => parsed.GetValue(argument);

    public T Required<T>(Argument<T> argument) => parsed.GetRequiredValue(argument);

    public T Required<T>(Option<T> option) => parsed.GetRequiredValue(option);

    public bool IsGiven(Option option) => parsed.GetResult(option) is { Implicit: false };

    public void Line(string text = "") => Out.WriteLine(text);

    public void WriteJson<T>(T value) => Out.WriteLine(JsonSerializer.Serialize(value, JsonOptions));
}

/// <summary>Ties commands to actions that take an <see cref="Invocation"/>.</summary>
internal static class CommandExtensions
{
    public static Command Runs(this Command command, Func<Invocation, CancellationToken, Task<int>> action)
    {
        command.SetAction((parsed, cancellationToken) => action(new Invocation(parsed), cancellationToken));
        return command;
    }

    public static Command Runs(this Command command, Func<Invocation, int> action)
    {
        command.SetAction(parsed => action(new Invocation(parsed)));
        return command;
    }
}
