using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Loom.Core.Tests;

/// <summary>Makes the vectors of format v1: birth, several events, hidden parts, encrypted content, an upgrade, and what follows it.</summary>
internal static class LinkVectors
{
    private static readonly StreamName Stream = StreamName.Parse("account-alice");

    public static byte[] Make()
    {
        var transitions = new JsonArray();
        Link? previous = null;
        previous = Add(transitions, "birth", previous, "dotnet:account@1", 1, ["account.opened"], Whole);
        previous = Add(transitions, "three events, text beyond ASCII, all copies", previous, "dotnet:account@1", 1, ["account.deposited", "account.noted", "account.noted"], Whole, traced: true);
        previous = Add(transitions, "hidden: event 1 and the command, as in a bundle", previous, "dotnet:account@1", 2, ["account.deposited", "account.noted"], Hidden);
        previous = Add(transitions, "encrypted", previous, "dotnet:account@1", 2, ["account.noted"], Encrypted);
        previous = Add(transitions, "upgrade", previous, "dotnet:account@2", 3, ["loom.upgraded"], Whole);
        previous = Add(transitions, "after the upgrade", previous, "dotnet:account@2", 3, ["account.closed"], Whole);
        _ = Add(transitions, "a command above 32 KiB, kept as a blob", previous, "dotnet:account@2", 3, ["account.noted"], Whole, large: true);
        var root = new JsonObject { ["format"] = "loom.link.v1", ["encryptionKey"] = Convert.ToHexStringLower(Key), ["transitions"] = transitions };
        return Encoding.UTF8.GetBytes(root.ToJsonString(new JsonSerializerOptions { WriteIndented = true, NewLine = "\n" }) + "\n");
    }

    private static byte[] Key => SHA256.HashData("loom link vectors: a subject's key"u8);

    private static Link Add(
        JsonArray all, string name, Link? previous, string machine, long fence, string[] types, Func<WrittenTransition, byte[], byte[], WrittenTransition> store, bool traced = false, bool large = false)
    {
        var n = all.Count;
        var salt = SHA256.HashData(Encoding.ASCII.GetBytes($"loom link vectors: salt {n}"));
        var upgrade = types[0] == "loom.upgraded";
        var body = upgrade
            ? Encoding.UTF8.GetBytes($$"""{"from":"{{previous!.Machine}}","to":"{{machine}}"}""")
            : Encoding.UTF8.GetBytes($$"""{"amount":"{{n}}.50","note":"Grüße € 𝄞 {{n}}{{new string('!', large ? TransitionWriter.MaxInlineCommand : 0)}}"}""");
        var state = Encoding.UTF8.GetBytes($$"""{"balance":{{100 * n}}}""");
        var plain = TransitionWriter.Write(new TransitionDraft
        {
            Stream = Stream,
            Previous = previous,
            ActorType = machine["dotnet:".Length..],
            Machine = MachineId.Parse(machine),
            Kind = upgrade ? LinkKind.Upgrade : LinkKind.Command,
            CommandId = CommandId.Parse($"vector-{n}"),
            CommandType = upgrade ? "loom.upgrade" : "account.change",
            Command = body,
            MayUseBlob = large,
            Principal = upgrade ? "loom:runtime" : "alice@example",
            Roles = upgrade ? [] : ["CLERK", "DIRECTOR"],
            Events = [.. types.Select((t, i) => new EmittedEvent(t, EventData.Json, upgrade ? body : Encoding.UTF8.GetBytes($$"""{"part":{{i}},"text":"a \"quoted\" ü"}""")))],
            State = state,
            Inputs = traced ? [("activity", Encoding.UTF8.GetBytes("evidence"))] : [],
            Fence = fence,
            At = Timestamp.Parse($"2026-01-05T08:0{n}:00.000001Z"),
            Correlation = n == 0 ? null : "case-7",
            Causation = traced ? "vector-0" : null,
            Traceparent = traced ? "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" : null,
            Salt = salt,
        });
        var stored = store(plain, salt, body);
        all.Add(new JsonObject
        {
            ["name"] = name,
            ["transitionSalt"] = Convert.ToHexStringLower(salt),
            ["command"] = Encoding.UTF8.GetString(body),
            ["state"] = Encoding.UTF8.GetString(state),
            ["inputs"] = new JsonArray([.. traced ? new JsonNode[] { "evidence" } : []]),
            ["events"] = new JsonArray([.. plain.Events.Select(e => (JsonNode)Encoding.UTF8.GetString(e.Data.Span))]),
            ["hashed"] = Encoding.UTF8.GetString(LinkJson.WithoutHash(plain.Link)),
            ["link"] = plain.Link.Hash.ToString(),
            ["stored"] = new JsonArray([.. stored.Events.Select(e => (JsonNode)new JsonObject
            {
                ["id"] = e.Id.ToString("D"),
                ["type"] = e.Type,
                ["contentType"] = e.ContentType,
                ["data"] = e.Data.IsEmpty ? null : Convert.ToBase64String(e.Data.Span),
                ["metadata"] = Encoding.UTF8.GetString(e.Metadata.Span),
            })]),
        });
        return plain.Link;
    }

    private static WrittenTransition Whole(WrittenTransition plain, byte[] salt, byte[] command) => plain;

    private static WrittenTransition Hidden(WrittenTransition plain, byte[] salt, byte[] command)
    {
        var salts = new Dictionary<string, byte[]>(StringComparer.Ordinal) { [Salts.Event(0)] = Salts.Part(salt, Salts.Event(0)) };
        return Last(plain, e => e with { Data = default }, m => m with { Opening = new Opening { PartSalts = salts } });
    }

    private static WrittenTransition Encrypted(WrittenTransition plain, byte[] salt, byte[] command)
    {
        var open = Encoding.UTF8.GetBytes($$"""{"command":"{{Convert.ToBase64String(command)}}","salt":"{{Convert.ToHexStringLower(salt)}}"}""");
        var label = Salts.Event(plain.Events.Count - 1);
        return Last(
            plain,
            e => e with { ContentType = EventData.Binary, Data = Seal(plain.Link, label, e.Data.Span) },
            m => m with { Opening = new Opening { Box = Seal(plain.Link, "open", open) }, EncryptionKey = "subject-1" });
    }

    // The nonce follows from the label so that the vectors are the same each time; real boxes take a random one.
    private static byte[] Seal(Link link, string label, ReadOnlySpan<byte> plain)
    {
        var box = new byte[12 + plain.Length + 16];
        SHA256.HashData(Encoding.ASCII.GetBytes($"loom link vectors: nonce {label}")).AsSpan(0, 12).CopyTo(box);
        using var aes = new AesGcm(Key, 16);
        aes.Encrypt(box.AsSpan(0, 12), plain, box.AsSpan(12, plain.Length), box.AsSpan(12 + plain.Length), Aad(link, label));
        return box;
    }

    public static byte[] Aad(Link link, string label) => Encoding.UTF8.GetBytes($"{link.Stream}\n{link.Revision}\n{label}");

    private static WrittenTransition Last(WrittenTransition plain, Func<EventData, EventData> change, Func<EventMetadata, EventMetadata> metadata)
    {
        var events = plain.Events.ToArray();
        var buffer = new ArrayBufferWriter<byte>();
        metadata(EventMetadata.Parse(events[^1].Metadata)).Write(buffer);
        events[^1] = change(events[^1]) with { Metadata = buffer.WrittenSpan.ToArray() };
        return plain with { Events = events };
    }
}
