using System.Text.Encodings.Web;
using System.Text.Json;
using Loom.Core;

namespace Loom.Provenance;

/// <summary>The verdict as JSON, for scripts.</summary>
public static class JsonReport
{
    /// <summary>Indented JSON with a final line feed; members are documented in <c>docs/formats/bundle-v1.md</c>.</summary>
    public static string ToJson(this VerificationReport report)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("exitCode", report.ExitCode);
            json.WriteString("conclusion", report.Conclusion);
            json.WriteString("at", new Timestamp(report.At).ToString());
            if (report.Malformed is { } malformed)
            {
                json.WriteStartObject("malformed");
                json.WriteString("place", malformed.Place);
                json.WriteString("reason", malformed.Reason);
                json.WriteEndObject();
            }

            json.WriteStartArray("required");
            foreach (var claim in report.Required)
            {
                json.WriteStringValue(ClaimNames.Of(claim));
            }

            json.WriteEndArray();
            json.WriteStartArray("claims");
            foreach (var claim in report.Claims)
            {
                WriteClaim(json, claim);
            }

            json.WriteEndArray();
            if (report.Bundle is { } bundle)
            {
                json.WritePropertyName("bundle");
                WriteBundle(json, bundle);
            }

            json.WriteStartArray("notes");
            foreach (var note in report.Notes)
            {
                json.WriteStringValue(note);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void WriteClaim(Utf8JsonWriter json, ClaimVerdict claim)
    {
        json.WriteStartObject();
        json.WriteString("claim", ClaimNames.Of(claim.Claim));
        json.WriteString("title", claim.Title);
        json.WriteString("verdict", ClaimNames.Of(claim.Verdict));
        json.WriteString("reason", claim.Reason);
        json.WriteString("whoHasToBeBelieved", claim.WhoHasToBeBelieved);
        if (claim.Stream is { } stream)
        {
            json.WriteString("stream", stream);
        }

        if (claim.Revision is { } revision)
        {
            json.WriteNumber("revision", revision);
        }

        if (claim.Place is { } place)
        {
            json.WriteString("place", place);
        }

        json.WriteEndObject();
    }

    private static void WriteBundle(Utf8JsonWriter json, BundleSummary bundle)
    {
        json.WriteStartObject();
        json.WriteString("origin", bundle.Origin);
        json.WriteNumber("epoch", bundle.Epoch);
        json.WriteNumber("treeSize", bundle.TreeSize);
        json.WriteString("root", bundle.Root.ToString());
        json.WriteString("signerKey", bundle.SignerKey.ToString());
        json.WriteString("signerName", bundle.SignerName);
        json.WriteNumber("bytes", bundle.Bytes);
        json.WriteNumber("transitions", bundle.Transitions);
        json.WriteStartArray("streams");
        foreach (var stream in bundle.Streams)
        {
            json.WriteStartObject();
            json.WriteString("name", stream.Name);
            json.WriteNumber("firstRevision", stream.FirstRevision);
            json.WriteNumber("lastRevision", stream.LastRevision);
            json.WriteNumber("transitions", stream.Transitions);
            json.WriteString("head", stream.Head?.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
