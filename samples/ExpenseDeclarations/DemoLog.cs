using System.Globalization;
using System.Text;
using System.Xml;
using Loom.Core;

namespace Loom.Samples.ExpenseDeclarations;

/// <summary>
/// Writes an event log of an invented university: people with names, working hours, rejections, second tries, trips with permits, and now
/// and then somebody who tries to approve what he submitted. The same seed gives the same bytes. Import it with
/// <see cref="ResourceKey"/> and four eyes on.
/// </summary>
public static class DemoLog
{
    /// <summary>The attribute that holds the person; give it to the import.</summary>
    public const string ResourceKey = "org:resource";

    /// <summary>The attribute that holds the amount.</summary>
    public const string AmountKey = "(case)_Amount";

    /// <summary>Writes the log as XES.</summary>
    /// <param name="stream">Where to; left open.</param>
    /// <param name="seed">The same seed gives the same log.</param>
    /// <param name="cases">How many declarations.</param>
    /// <param name="cancellationToken">Stops between two cases.</param>
    public static async Task WriteAsync(Stream stream, int seed, int cases, CancellationToken cancellationToken)
    {
        await using var xml = XmlWriter.Create(
            stream, new XmlWriterSettings { Async = true, Indent = true, Encoding = new UTF8Encoding(false), CloseOutput = false, NewLineChars = "\n" });
        await xml.WriteStartDocumentAsync();
        await xml.WriteStartElementAsync(null, "log", "http://www.xes-standard.org");
        await xml.WriteAttributeStringAsync(null, "xes.version", null, "1.0");
        var random = new Random(seed);
        for (var i = 0; i < cases; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await WriteAsync(xml, DemoCase.Make(random, i));
        }

        await xml.WriteEndElementAsync();
        await xml.WriteEndDocumentAsync();
        await xml.FlushAsync();
    }

    private static async Task WriteAsync(XmlWriter xml, DemoCase made)
    {
        await xml.WriteStartElementAsync(null, "trace", null);
        await AttributeAsync(xml, "string", "concept:name", made.Name);
        foreach (var step in made.Steps)
        {
            await xml.WriteStartElementAsync(null, "event", null);
            await AttributeAsync(xml, "string", "concept:name", step.Activity);
            await AttributeAsync(xml, "string", "org:role", StepKinds.LogName(step.Role));
            await AttributeAsync(xml, "string", ResourceKey, step.Person);
            await AttributeAsync(xml, "date", "time:timestamp", step.At.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            await AttributeAsync(xml, "float", AmountKey, made.Amount.ToUnits());
            await xml.WriteEndElementAsync();
        }

        await xml.WriteEndElementAsync();
    }

    private static async Task AttributeAsync(XmlWriter xml, string type, string key, string value)
    {
        await xml.WriteStartElementAsync(null, type, null);
        await xml.WriteAttributeStringAsync(null, "key", null, key);
        await xml.WriteAttributeStringAsync(null, "value", null, value);
        await xml.WriteEndElementAsync();
    }
}
