using System.Security.Cryptography;
using System.Text.Json;
using Loom.Core;
using Loom.Provenance.Receipts;

namespace Loom.Provenance;

/// <summary>The trust file's one form: known members only, so that a misspelt one is an error and never silently ignored.</summary>
internal static class TrustFile
{
    private const int MaxBytes = 1 << 20;
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    public static TrustRoot Parse(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > MaxBytes)
        {
            throw new FormatException("The trust file is larger than 1 MiB.");
        }

        try
        {
            using var document = JsonDocument.Parse(utf8, Options);
            return Read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new FormatException($"The trust file is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.", e);
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("The trust file has a value of the wrong JSON type, or text that is not UTF-8.", e);
        }
    }

    private static TrustRoot Read(JsonElement root)
    {
        Members(root, "the trust file", ["loomTrust"], ["logKeys", "notaryKeys", "witnessKeys", "images", "required"]);
        if (Size(root, "loomTrust", "the trust file") != 1)
        {
            throw new FormatException("The trust file's 'loomTrust' is not 1, the only format this program reads.");
        }

        var trust = new TrustRoot
        {
            LogKeys = List(root, "logKeys", ReadLogKey),
            NotaryKeys = List(root, "notaryKeys", (json, place) => ReadKey(json, place, key => RequireP256(key, place))),
            WitnessKeys = List(root, "witnessKeys", (json, place) => ReadKey(json, place, key => RequireEd25519(key, place))),
            Images = List(root, "images", ReadImage),
        };
        trust = root.TryGetProperty("required", out _) ? trust with { Required = List(root, "required", ReadClaim) } : trust;
        var twice = trust.LogKeys.GroupBy(k => (k.Name, k.KeyId)).FirstOrDefault(g => g.Count() > 1);
        return twice is null
            ? trust
            : throw new FormatException($"The trust file names the log key '{twice.Key.Name}' {twice.Key.KeyId} twice; one entry says all about a key.");
    }

    private static TrustedLogKey ReadLogKey(JsonElement json, string place)
    {
        Members(json, place, ["name", "publicKey"], ["fromSize", "toSize", "revokedAfterSize"]);
        var key = new TrustedLogKey
        {
            Name = Name(json, place),
            PublicKey = RequireP256(Base64(json, "publicKey", place), place),
            FromSize = Size(json, "fromSize", place) ?? 0,
            ToSize = Size(json, "toSize", place),
            RevokedAfterSize = Size(json, "revokedAfterSize", place),
        };
        return key.ToSize < key.FromSize ? throw new FormatException($"{place}: 'toSize' is smaller than 'fromSize'.") : key;
    }

    private static TrustedKey ReadKey(JsonElement json, string place, Func<byte[], byte[]> check)
    {
        Members(json, place, ["name", "publicKey"], []);
        return new TrustedKey(Name(json, place), check(Base64(json, "publicKey", place)));
    }

    private static TrustedImage ReadImage(JsonElement json, string place)
    {
        Members(json, place, ["module", "image", "sets"], []);
        return new TrustedImage(
            Hash(json, "module", place),
            Hash(json, "image", place),
            [.. json.GetProperty("sets").EnumerateArray().Select(s => ReadSet(s, place))]);
    }

    private static string ReadSet(JsonElement json, string place) => json.GetString() is { } name && ParameterSet.OfName(name) is not null
        ? name
        : throw new FormatException($"{place}: a parameter set is not one of {string.Join(", ", ParameterSet.All.Select(s => s.Name))}.");

    private static Claim ReadClaim(JsonElement json, string place) =>
        ClaimNames.TryParse(json.GetString(), out var claim)
            ? claim
            : throw new FormatException($"{place}: no such claim; one of {string.Join(", ", Enum.GetValues<Claim>().Select(ClaimNames.Of))}.");

    private static List<T> List<T>(JsonElement root, string name, Func<JsonElement, string, T> read)
    {
        var items = new List<T>();
        if (root.TryGetProperty(name, out var list))
        {
            foreach (var item in list.EnumerateArray())
            {
                items.Add(read(item, $"{name}[{items.Count}]"));
            }
        }

        return items;
    }

    private static void Members(JsonElement json, string place, string[] needed, string[] optional)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"{place}: an object was expected.");
        }

        foreach (var member in json.EnumerateObject())
        {
            if (!needed.Contains(member.Name) && !optional.Contains(member.Name))
            {
                var shown = member.Name.Length > 40 ? member.Name[..40] + "…" : member.Name;
                throw new FormatException($"{place}: unknown member '{shown}'; known are {string.Join(", ", [.. needed, .. optional])}.");
            }
        }

        if (Array.Find(needed, n => !json.TryGetProperty(n, out _)) is { } missing)
        {
            throw new FormatException($"{place}: the member '{missing}' is missing.");
        }
    }

    private static string Name(JsonElement json, string place)
    {
        var name = json.GetProperty("name").GetString();
        return name is { Length: > 0 and <= 200 } && !name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '+')
            ? name
            : throw new FormatException($"{place}: a key's name is 1 to 200 characters without spaces and '+'.");
    }

    private static long? Size(JsonElement json, string name, string place) =>
        !json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null
        : value.TryGetInt64(out var size) && size is >= 0 and <= 9007199254740991 ? size
        : throw new FormatException($"{place}: '{name}' is no integer in 0..2^53-1.");

    private static byte[] Base64(JsonElement json, string name, string place) =>
        json.GetProperty(name).TryGetBytesFromBase64(out var bytes)
            ? bytes
            : throw new FormatException($"{place}: '{name}' is not base64.");

    private static Digest Hash(JsonElement json, string name, string place) =>
        Digest.TryParse(json.GetProperty(name).GetString(), out var digest)
            ? digest
            : throw new FormatException($"{place}: '{name}' is not 64 lower-case hex digits.");

    private static byte[] RequireP256(byte[] spki, string place)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(spki, out var read);
            if (read == spki.Length && key.KeySize == 256)
            {
                return spki;
            }
        }
        catch (CryptographicException)
        {
            // Said below.
        }

        throw new FormatException($"{place}: 'publicKey' is no ECDSA P-256 key (base64 of SubjectPublicKeyInfo, DER).");
    }

    private static byte[] RequireEd25519(byte[] key, string place) =>
        key.Length == 32 ? key : throw new FormatException($"{place}: 'publicKey' is no Ed25519 key (base64 of 32 bytes).");

    public static byte[] Write(TrustRoot trust)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteNumber("loomTrust", 1);
            json.WriteStartArray("logKeys");
            foreach (var key in trust.LogKeys)
            {
                json.WriteStartObject();
                json.WriteString("name", key.Name);
                json.WriteBase64String("publicKey", key.PublicKey);
                json.WriteNumber("fromSize", key.FromSize);
                SizeOrNull(json, "toSize", key.ToSize);
                SizeOrNull(json, "revokedAfterSize", key.RevokedAfterSize);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            WriteKeys(json, "notaryKeys", trust.NotaryKeys);
            WriteKeys(json, "witnessKeys", trust.WitnessKeys);
            json.WriteStartArray("images");
            foreach (var image in trust.Images)
            {
                json.WriteStartObject();
                json.WriteString("module", image.Module.ToString());
                json.WriteString("image", image.Image.ToString());
                json.WriteStartArray("sets");
                foreach (var set in image.Sets)
                {
                    json.WriteStringValue(set);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("required");
            foreach (var claim in trust.Required)
            {
                json.WriteStringValue(ClaimNames.Of(claim));
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static void SizeOrNull(Utf8JsonWriter json, string name, long? size)
    {
        if (size is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteKeys(Utf8JsonWriter json, string name, IReadOnlyList<TrustedKey> keys)
    {
        json.WriteStartArray(name);
        foreach (var key in keys)
        {
            json.WriteStartObject();
            json.WriteString("name", key.Name);
            json.WriteBase64String("publicKey", key.PublicKey);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
