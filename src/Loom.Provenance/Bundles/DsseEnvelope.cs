using System.Buffers;
using System.Text;
using System.Text.Json;
using Loom.Core;

namespace Loom.Provenance;

/// <summary>A DSSE envelope with one signature, in one written form (RFC 8785).</summary>
/// <param name="Payload">The signed bytes.</param>
/// <param name="KeyId">SHA-256 of the signer's SPKI (DER): a hint which key to try, no evidence.</param>
/// <param name="Signature">ECDSA over <see cref="PreAuthentication"/>.</param>
internal sealed record DsseEnvelope(byte[] Payload, Digest KeyId, byte[] Signature)
{
    public const string PayloadType = "application/vnd.in-toto+json";

    /// <summary>What is signed: DSSE's pre-authentication encoding, so that no payload passes for one of another type.</summary>
    public static byte[] PreAuthentication(ReadOnlySpan<byte> payload) =>
        [.. Encoding.ASCII.GetBytes($"DSSEv1 {PayloadType.Length} {PayloadType} {payload.Length} "), .. payload];

    public byte[] Write()
    {
        var buffer = new ArrayBufferWriter<byte>(Payload.Length * 2);
        var json = new CanonicalJsonWriter(buffer);
        json.StartObject();
        json.Name("payload");
        json.String(Convert.ToBase64String(Payload));
        json.Name("payloadType");
        json.String(PayloadType);
        json.Name("signatures");
        json.StartArray();
        json.StartObject();
        json.Name("keyid");
        json.String(KeyId.ToString());
        json.Name("sig");
        json.String(Convert.ToBase64String(Signature));
        json.EndObject();
        json.EndArray();
        json.EndObject();
        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="BundleMalformedException">It is no such envelope in its one form.</exception>
    public static DsseEnvelope Parse(ReadOnlyMemory<byte> bytes)
    {
        DsseEnvelope envelope;
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 4, AllowDuplicateProperties = false });
            var signature = document.RootElement.GetProperty("signatures")[0];
            envelope = new DsseEnvelope(
                document.RootElement.GetProperty("payload").GetBytesFromBase64(),
                Digest.Parse(signature.GetProperty("keyid").GetString() ?? ""),
                signature.GetProperty("sig").GetBytesFromBase64());
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or IndexOutOfRangeException)
        {
            throw new BundleMalformedException(BundleFiles.Envelope, "it is no DSSE envelope with an in-toto statement and one signature", e);
        }

        return envelope.Write().AsSpan().SequenceEqual(bytes.Span)
            ? envelope
            : throw new BundleMalformedException(BundleFiles.Envelope, "the envelope is not in the one form that format v1 has (RFC 8785, one signature)");
    }
}
