using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Loom.Cli.Output;

/// <summary>What a running command has: its parsed arguments and where its output goes.</summary>
internal sealed class Invocation(ParseResult parsed)
{
    public static JsonSerializerOptions JsonOptions { get; } = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    public TextWriter Out { get; } = parsed.InvocationConfiguration.Output;

    public TextWriter Error { get; } = parsed.InvocationConfiguration.Error;

    public bool Json { get; } = parsed.GetValue<bool>(LoomApp.Json);

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

    /// <summary>What comes from outside, without what could steer a terminal.</summary>
    public void Outside(string text) => Out.WriteLine(IsTerminal ? Printable.Text(text) : text);

    /// <summary>A host's answer as it is, indented.</summary>
    public void WriteBody(string body)
    {
        using var document = JsonDocument.Parse(body);
        WriteJson(document.RootElement);
    }

    public void WriteJson<T>(T value) => Out.WriteLine(JsonSerializer.Serialize(value, JsonOptions));
}

/// <summary>Text from outside, made safe for a terminal: no escape sequences, no other control characters but new lines and tabs.</summary>
internal static class Printable
{
    private const char Replacement = '\uFFFD';

    public static string Text(string text) => Replace(text, keepLines: true);

    public static string Line(string text) => Replace(text, keepLines: false);

    private static string Replace(string text, bool keepLines) => text.Any(c => Bad(c, keepLines))
        ? string.Concat(text.Select(c => Bad(c, keepLines) ? Replacement : c))
        : text;

    private static bool Bad(char c, bool keepLines) => char.IsControl(c) && !(keepLines && c is '\n' or '\t');
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
