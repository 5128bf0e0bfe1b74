using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Loom.Hosting.Telemetry;

/// <summary>
/// One JSON object a line: time, level, source, message, its named values, the trace, and from the scopes of a request the actor and the
/// correlation. What a message may hold is decided where it is written; headers and bodies never are.
/// </summary>
internal sealed class JsonLogFormatter(TimeProvider time) : ConsoleFormatter(Name)
{
    public new const string Name = "loom-json";

    private static readonly JsonWriterOptions Options = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Why a host did not start is thrown as well, and said in words by whoever started it.
    private const string StartLogger = "Microsoft.Extensions.Hosting.Internal.Host";
    private const int StartFailed = 11;

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        if (logEntry.EventId.Id == StartFailed && logEntry.Category == StartLogger)
        {
            return;
        }

        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("time", time.GetUtcNow().UtcDateTime);
            json.WriteString("level", Level(logEntry.LogLevel));
            json.WriteString("source", logEntry.Category);
            json.WriteString("message", logEntry.Formatter(logEntry.State, logEntry.Exception));
            if (Activity.Current is { } activity)
            {
                json.WriteString("trace", activity.TraceId.ToString());
                json.WriteString("span", activity.SpanId.ToString());
            }

            WriteScopes(json, scopeProvider);
            WriteValues(json, logEntry.State);
            if (logEntry.Exception is { } e)
            {
                json.WriteString("exception", e.ToString());
            }

            json.WriteEndObject();
        }

        textWriter.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static void WriteScopes(Utf8JsonWriter json, IExternalScopeProvider? scopes)
    {
        string? actor = null, correlation = null;
        scopes?.ForEachScope(
            (scope, _) =>
            {
                if (scope is CommandScope command)
                {
                    (actor, correlation) = (command.Actor, command.Correlation);
                }
            },
            0);
        if (actor is not null)
        {
            json.WriteString("actor", actor);
        }

        if (correlation is not null)
        {
            json.WriteString("correlation", correlation);
        }
    }

    private static void WriteValues<TState>(Utf8JsonWriter json, TState state)
    {
        if (state is not IReadOnlyList<KeyValuePair<string, object?>> { Count: > 0 } values)
        {
            return;
        }

        json.WriteStartObject("values");
        foreach (var (name, value) in values)
        {
            if (name != "{OriginalFormat}")
            {
                json.WriteString(name, value?.ToString());
            }
        }

        json.WriteEndObject();
    }

    private static string Level(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "information",
        LogLevel.Warning => "warning",
        _ => "error",
    };
}

/// <summary>What every message about one command carries.</summary>
internal sealed record CommandScope(string Actor, string? Correlation)
{
    public override string ToString() => Correlation is null ? Actor : $"{Actor} ({Correlation})";
}
