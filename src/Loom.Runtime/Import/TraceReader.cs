using System.Globalization;
using System.Xml;
using Loom.Core;

namespace Loom.Runtime.Import;

/// <summary>Walks the elements <c>log/trace/event</c>; everything else is passed over, within the limits.</summary>
internal sealed class TraceReader(XmlReader xml, BoundedStream bytes, XesOptions options)
{
    private static readonly string[] AmountKeys = ["(case)_Amount", "amount", "cost:total"];

    private readonly string[] _amountKeys = options.AmountKey is { } key ? [key] : AmountKeys;
    private bool _inLog;

    private int Line => ((IXmlLineInfo)xml).LineNumber;

    /// <summary>The next case, or null at the end.</summary>
    public async ValueTask<XesTrace?> NextAsync(CancellationToken cancellationToken)
    {
        while (await MoveAsync(cancellationToken).ConfigureAwait(false))
        {
            if (xml.NodeType != XmlNodeType.Element)
            {
                continue;
            }

            if (!_inLog)
            {
                _inLog = xml is { Depth: 0, LocalName: "log" } ? true : throw new FormatException($"The file is no XES: its root is <{Cut(xml.LocalName)}>, not <log>.");
            }
            else if (xml is { Depth: 1, LocalName: "trace" })
            {
                return await TraceAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        return null;
    }

    private async ValueTask<XesTrace> TraceAsync(CancellationToken cancellationToken)
    {
        bytes.CaseBegins();
        var line = Line;
        string? name = null;
        var events = new List<(Dictionary<string, string> Attributes, int Line)>();
        var empty = xml.IsEmptyElement;
        while (!empty && await MoveAsync(cancellationToken).ConfigureAwait(false) && !(xml.NodeType == XmlNodeType.EndElement && xml.Depth == 1))
        {
            if (xml.NodeType != XmlNodeType.Element || xml.Depth != 2)
            {
                continue;
            }

            if (xml.LocalName == "event")
            {
                if (events.Count >= options.MaxSteps)
                {
                    throw new FormatException($"The case at line {line} has more than {options.MaxSteps:N0} steps.");
                }

                var at = Line;
                events.Add((await EventAsync(cancellationToken).ConfigureAwait(false), at));
            }
            else if (Value("key") == "concept:name")
            {
                name = Value("value");
            }
        }

        if (string.IsNullOrWhiteSpace(name))
        {
            throw new FormatException($"The case at line {line} has no name (concept:name).");
        }

        return new XesTrace(name, line, [.. events.Select((e, i) => Step(name, i, e.Attributes, e.Line))]);
    }

    private async ValueTask<Dictionary<string, string>> EventAsync(CancellationToken cancellationToken)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        var seen = 0;
        var empty = xml.IsEmptyElement;
        while (!empty && await MoveAsync(cancellationToken).ConfigureAwait(false) && !(xml.NodeType == XmlNodeType.EndElement && xml.Depth == 2))
        {
            if (xml.NodeType == XmlNodeType.Element && xml.Depth == 3 && Value("key") is { } key)
            {
                if (++seen > options.MaxAttributes)
                {
                    throw new FormatException($"The event at line {Line} has more than {options.MaxAttributes} attributes.");
                }

                // Of an attribute given twice the first counts, as in the programs that write such logs.
                if (Wanted(key) && Value("value") is { } value)
                {
                    attributes.TryAdd(key, value);
                }
            }
        }

        return attributes;
    }

    private bool Wanted(string key) =>
        key is "concept:name" or "time:timestamp" || key == options.RoleKey || key == options.ResourceKey || Array.IndexOf(_amountKeys, key) >= 0;

    private XesStep Step(string name, int index, Dictionary<string, string> attributes, int line)
    {
        string? problem = null;
        Timestamp? at = null;
        if (attributes.TryGetValue("time:timestamp", out var text))
        {
            at = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? new Timestamp(time) : null;
            problem = at is null ? $"line {line}: '{Cut(text)}' is no time" : null;
        }

        Cents? amount = null;
        var given = _amountKeys.Select(attributes.GetValueOrDefault).FirstOrDefault(v => v is not null);
        if (given is not (null or "" or "UNKNOWN" or "MISSING"))
        {
            amount = AmountOf(given);
            problem ??= amount is null ? $"line {line}: '{Cut(given)}' is no amount" : null;
        }

        var activity = attributes.GetValueOrDefault("concept:name", "");
        var step = new LogStep(
            name, index, activity, attributes.GetValueOrDefault(options.RoleKey),
            options.ResourceKey is { } resource ? attributes.GetValueOrDefault(resource) : null, at, amount);
        return new XesStep(step, problem ?? (activity.Length == 0 ? $"line {line}: the step has no name (concept:name)" : null));
    }

    private static Cents? AmountOf(string text)
    {
        try
        {
            return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var units) ? Cents.FromUnits(units) : null;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private async ValueTask<bool> MoveAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var more = await xml.ReadAsync().ConfigureAwait(false);
        bytes.NodeDone();
        return xml.Depth <= options.MaxDepth ? more : throw new FormatException($"Line {Line}: elements nest deeper than {options.MaxDepth}.");
    }

    private string? Value(string name)
    {
        var value = xml.GetAttribute(name);
        return value is null || value.Length <= options.MaxValue
            ? value
            : throw new FormatException($"Line {Line}: an attribute's {name} is longer than {options.MaxValue:N0} characters.");
    }

    private static string Cut(string text) => text.Length > 40 ? text[..40] + "…" : text;
}
