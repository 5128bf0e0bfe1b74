using System.Buffers;
using System.Text.Json;
using Loom.Core;

namespace Loom.Provenance;

/// <summary>A state with the salt that opens its digest. JSON states stand as they are, others in base64.</summary>
internal static class StateFile
{
    public static byte[] Write(BundleState state)
    {
        var isJson = !state.Bytes.IsEmpty && CanonicalJson.IsCanonical(state.Bytes);
        var buffer = new ArrayBufferWriter<byte>(state.Bytes.Length + 256);
        var json = new CanonicalJsonWriter(buffer);
        json.StartObject();
        json.Name("contentType");
        json.String(isJson ? EventData.Json : EventData.Binary);
        json.Name("salt");
        json.String(Convert.ToHexStringLower(state.PartSalt.Span));
        json.Name("state");
        if (isJson)
        {
            json.Raw(state.Bytes.Span);
        }
        else
        {
            json.String(Convert.ToBase64String(state.Bytes.Span));
        }

        json.EndObject();
        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="BundleMalformedException">It is no such file in its one form.</exception>
    public static BundleState Parse(string file, ReadOnlyMemory<byte> bytes)
    {
        BundleState state;
        try
        {
            using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = CanonicalJson.MaxDepth + 4 });
            var root = document.RootElement;
            var value = root.GetProperty("state");
            var body = root.GetProperty("contentType").GetString() == EventData.Json
                ? JsonBody(value)
                : value.GetBytesFromBase64();
            state = new BundleState(body, Digest.Parse(root.GetProperty("salt").GetString() ?? "").ToArray());
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new BundleMalformedException(file, "it is no state with its salt", e);
        }

        return Write(state).AsSpan().SequenceEqual(bytes.Span)
            ? state
            : throw new BundleMalformedException(file, "it is not in the one form that format v1 has");
    }

    private static byte[] JsonBody(JsonElement value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        CanonicalJson.Write(new CanonicalJsonWriter(buffer), value);
        return buffer.WrittenSpan.ToArray();
    }
}
