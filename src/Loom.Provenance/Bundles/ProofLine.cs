using System.Buffers;
using System.Text.Json;
using Loom.Core;

namespace Loom.Provenance;

/// <summary>A number and a Merkle proof as one line: <c>{"index":5,"proof":"…"}</c>, the hashes joined and in base64.</summary>
internal static class ProofLine
{
    private const int MaxHashes = 128;

    public static void Write(ArrayBufferWriter<byte> output, string name, long number, IReadOnlyList<Digest> proof)
    {
        var hashes = new byte[proof.Count * Digest.Size];
        for (var i = 0; i < proof.Count; i++)
        {
            proof[i].CopyTo(hashes.AsSpan(i * Digest.Size));
        }

        var json = new CanonicalJsonWriter(output);
        json.StartObject();
        json.Name(name);
        json.Integer(number);
        json.Name("proof");
        json.String(Convert.ToBase64String(hashes));
        json.EndObject();
        output.Write("\n"u8);
    }

    /// <exception cref="BundleMalformedException">The line is not of this form.</exception>
    public static (long Number, Digest[] Proof) Parse(string place, string name, ReadOnlyMemory<byte> line)
    {
        var reader = new Utf8JsonReader(line.Span, new JsonReaderOptions { MaxDepth = 2 });
        try
        {
            if (reader.Read() && reader.Read() && reader.ValueTextEquals(name) && reader.Read() && reader.TryGetInt64(out var number) && number >= 0
                && reader.Read() && reader.ValueTextEquals("proof") && reader.Read() && reader.TryGetBytesFromBase64(out var hashes)
                && hashes.Length % Digest.Size == 0 && hashes.Length <= MaxHashes * Digest.Size && reader.Read() && !reader.Read())
            {
                var proof = new Digest[hashes.Length / Digest.Size];
                for (var i = 0; i < proof.Length; i++)
                {
                    proof[i] = new Digest(hashes.AsSpan(i * Digest.Size, Digest.Size));
                }

                var buffer = new ArrayBufferWriter<byte>(line.Length + 1);
                Write(buffer, name, number, proof);
                if (buffer.WrittenSpan[..^1].SequenceEqual(line.Span))
                {
                    return (number, proof);
                }
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw new BundleMalformedException(place, "the line is no proof", e);
        }

        throw new BundleMalformedException(place, $"the line is not of the form {{\"{name}\":N,\"proof\":\"BASE64\"}}");
    }
}
