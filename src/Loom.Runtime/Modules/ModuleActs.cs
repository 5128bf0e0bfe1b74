using System.Buffers;
using System.Text.Json;
using Loom.Core;

namespace Loom.Runtime;

/// <summary>The acts in <c>loom.modules</c>: what they are called and what their bodies hold.</summary>
internal static class ModuleActs
{
    /// <summary>A module was registered.</summary>
    public const string Registered = "registered";

    /// <summary>A registered module became its actor type's machine.</summary>
    public const string Used = "used";

    public static byte[] WriteRegistered(ModuleManifest manifest, Digest hash, long size, bool use)
    {
        var buffer = new ArrayBufferWriter<byte>(manifest.Json.Length + 256);
        var json = new CanonicalJsonWriter(buffer);
        json.StartObject();
        json.Name("manifest");
        json.Raw(manifest.Json.Span);
        json.Name("sha256");
        json.String(hash.ToString());
        json.Name("size");
        json.Integer(size);
        json.Name("use");
        json.Bool(use);
        json.EndObject();
        return buffer.WrittenSpan.ToArray();
    }

    public static byte[] WriteUsed(RegisteredModule module)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        var json = new CanonicalJsonWriter(buffer);
        json.StartObject();
        json.Name("name");
        json.String(module.Manifest.Name);
        json.Name("sha256");
        json.String(module.Hash.ToString());
        json.Name("version");
        json.Integer(module.Manifest.Version);
        json.EndObject();
        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="FormatException">The body is no such act.</exception>
    public static (RegisteredModule Module, bool Use) ReadRegistered(RecordedEvent e, Link link)
    {
        try
        {
            using var document = JsonDocument.Parse(e.Data);
            var root = document.RootElement;
            var manifest = ModuleManifest.Parse(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(root.GetProperty("manifest")).ToArray());
            return (
                new RegisteredModule(manifest, Digest.Parse(root.GetProperty("sha256").GetString() ?? ""), root.GetProperty("size").GetInt64(), link.At, link.Command.Principal, link.Revision),
                root.GetProperty("use").GetBoolean());
        }
        catch (Exception ex) when (ex is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException($"{e.Stream} at revision {e.Revision} is no registration of a module: {ex.Message}", ex);
        }
    }

    /// <exception cref="FormatException">The body is no such act.</exception>
    public static Digest ReadUsed(RecordedEvent e)
    {
        try
        {
            using var document = JsonDocument.Parse(e.Data);
            return Digest.Parse(document.RootElement.GetProperty("sha256").GetString() ?? "");
        }
        catch (Exception ex) when (ex is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException($"{e.Stream} at revision {e.Revision} names no module: {ex.Message}", ex);
        }
    }
}
