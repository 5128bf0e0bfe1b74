using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Loom.Testing;

namespace Loom.Core.Tests;

/// <summary>Checks <c>vectors/link-v1.json</c> from the file alone, as a second implementation would. LOOM_UPDATE=1 makes it anew.</summary>
public sealed class LinkVectorTests
{
    private static readonly string Path = System.IO.Path.Combine(TestData.Root, "tests", "Loom.Core.Tests", "vectors", "link-v1.json");

    private static JsonElement Load()
    {
        if (Environment.GetEnvironmentVariable("LOOM_UPDATE") == "1")
        {
            File.WriteAllBytes(Path, LinkVectors.Make());
        }

        return JsonDocument.Parse(File.ReadAllBytes(Path)).RootElement;
    }

    [Fact]
    public void The_writer_still_makes_the_vectors_byte_for_byte() => Assert.Equal(File.ReadAllText(Path), Encoding.UTF8.GetString(LinkVectors.Make()));

    [Fact]
    public void Every_vectors_hash_digests_and_chain_follow_from_its_own_bytes()
    {
        string? prev = null, from = null;
        long revision = 0;
        var transitions = Load().GetProperty("transitions").EnumerateArray().ToArray();
        Assert.Equal(7, transitions.Length);
        foreach (var t in transitions)
        {
            var hashed = t.GetProperty("hashed").GetString()!;
            var link = JsonNode.Parse(hashed)!.AsObject();
            Assert.True(CanonicalJson.IsCanonical(Encoding.UTF8.GetBytes(hashed)));
            Assert.Equal(t.GetProperty("link").GetString(), Hex(SHA256.HashData(Encoding.UTF8.GetBytes("loom.link.v1\n" + hashed))));
            Assert.Equal((prev, from, revision), ((string?)link["prev"], (string?)link["from"], (long)link["revision"]!));

            var salt = Convert.FromHexString(t.GetProperty("transitionSalt").GetString()!);
            Assert.Equal((string?)link["command"]!["digest"], Salted(salt, "command", t.GetProperty("command").GetString()!));
            Assert.Equal((string?)link["to"], Salted(salt, "to", t.GetProperty("state").GetString()!));
            var events = t.GetProperty("events").EnumerateArray().Select(e => e.GetString()!).ToArray();
            Assert.Equal(link["events"]!.AsArray().Select(e => (string?)e!["digest"]), events.Select((e, i) => Salted(salt, $"event:{i}", e)));
            var inputs = t.GetProperty("inputs").EnumerateArray().Select((e, i) => Salted(salt, $"input:{i}", e.GetString()!));
            Assert.Equal(link["inputs"]!.AsArray().Select(e => (string?)e!["digest"]), inputs);
            (prev, from, revision) = (t.GetProperty("link").GetString(), (string?)link["to"], revision + (long)link["count"]!);
        }
    }

    [Fact]
    public void Every_vectors_stored_events_read_back_and_open()
    {
        var root = Load();
        var key = Convert.FromHexString(root.GetProperty("encryptionKey").GetString()!);
        var shapes = new List<string>();
        foreach (var t in root.GetProperty("transitions").EnumerateArray())
        {
            var stored = t.GetProperty("stored").EnumerateArray().ToArray();
            var metadata = stored.Select(e => EventMetadata.Parse(Encoding.UTF8.GetBytes(e.GetProperty("metadata").GetString()!))).ToArray();
            var (link, open) = (metadata[^1].Link!, metadata[^1].Opening!);
            Assert.Equal((link.Hash, t.GetProperty("link").GetString()), (metadata[^1].StatedHash, link.Hash.ToString()));
            Assert.All(metadata[..^1].Select((m, i) => (m, i)), x => Assert.Equal((null, (long)x.i, (long)link.Count), (x.m.Link, x.m.Part, x.m.PartCount)));
            shapes.Add(open.Box is not null ? "encrypted" : open.PartSalts is not null ? "hidden" : open.CommandBlob is not null ? "blob" : "whole");
            Assert.True(open.CommandBlob is not { } blob || blob == Digest.Of(Encoding.UTF8.GetBytes(t.GetProperty("command").GetString()!)));
            if (open.Box is { } box)
            {
                var plain = Encoding.UTF8.GetString(Decrypt(key, link, "open", box));
                Assert.Contains(t.GetProperty("transitionSalt").GetString()!, plain, StringComparison.Ordinal);
                Assert.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes(t.GetProperty("command").GetString()!)), plain, StringComparison.Ordinal);
            }

            for (var i = 0; i < stored.Length; i++)
            {
                var expected = t.GetProperty("events")[i].GetString();
                Assert.Equal(UuidV5.OfEvent(link.Stream, link.Command.Id, i).ToString("D"), stored[i].GetProperty("id").GetString());
                if (stored[i].GetProperty("data").GetString() is not { } base64)
                {
                    Assert.Null(open.PartSalt(Salts.Event(i)));
                    continue;
                }

                var data = Convert.FromBase64String(base64);
                Assert.Equal(expected, Encoding.UTF8.GetString(open.Box is null ? data : Decrypt(key, link, Salts.Event(i), data)));
                Assert.True(open.Box is not null || Salts.DigestOf(open.PartSalt(Salts.Event(i))!, data) == link.Events[i].Digest);
            }
        }

        Assert.Equal(["whole", "whole", "hidden", "encrypted", "whole", "whole", "blob"], shapes);
    }

    private static byte[] Decrypt(byte[] key, Link link, string label, byte[] box)
    {
        var plain = new byte[box.Length - 28];
        using var aes = new AesGcm(key, 16);
        aes.Decrypt(box.AsSpan(0, 12), box.AsSpan(12, plain.Length), box.AsSpan(12 + plain.Length), plain, LinkVectors.Aad(link, label));
        return plain;
    }

    private static string Salted(byte[] salt, string label, string text) =>
        Hex(SHA256.HashData([.. HMACSHA256.HashData(salt, Encoding.ASCII.GetBytes(label)), .. Encoding.UTF8.GetBytes(text)]));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
