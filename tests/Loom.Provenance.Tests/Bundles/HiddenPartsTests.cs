using System.Security.Cryptography;
using System.Text;
using Loom.Core;

namespace Loom.Provenance.Tests;

public sealed class HiddenPartsTests
{
    private const string SecretData = "the-secret-of-the-event";
    private const string SecretCommand = "the-secret-of-the-command";
    private const string SecretState = "the-secret-of-the-state";

    private static History Secret()
    {
        var history = new History();
        for (var i = 0; i < 3; i++)
        {
            history.Append(Cases.Alice, events: 2, data: $$"""{"x":"{{SecretData}}"}""", command: $$"""{"y":"{{SecretCommand}}"}""", state: $$"""{"z":"{{SecretState}}{{i}}"}""");
        }

        return history;
    }

    [Theory]
    [InlineData(BundleHide.Data)]
    [InlineData(BundleHide.Commands)]
    [InlineData(BundleHide.Data | BundleHide.Commands)]
    public void Hidden_parts_their_salts_and_unsalted_digests_are_nowhere_in_the_bundle(BundleHide hide)
    {
        var history = Secret();
        var bundle = History.Bundle(history.Source(Cases.LogKey, [Cases.Alice], null, hide), Cases.LogKey);
        var forbidden = new List<(string What, byte[] Bytes)>();
        foreach (var made in history[Cases.Alice])
        {
            Add("the transition salt", made.Salt);
            Add("the state's salt", Salts.Part(made.Salt, Salts.To));
            AddSecret("the state", made.State);
            if (hide.HasFlag(BundleHide.Commands))
            {
                Add("the command's salt", Salts.Part(made.Salt, Salts.Command));
                AddSecret("the command", Encoding.UTF8.GetBytes($$"""{"y":"{{SecretCommand}}"}"""));
            }

            for (var i = 0; i < made.Events.Count && hide.HasFlag(BundleHide.Data); i++)
            {
                Add("an event's salt", Salts.Part(made.Salt, Salts.Event(i)));
                AddSecret("an event", made.Events[i].Data.ToArray());
            }

            foreach (var e in made.Events)
            {
                Add("the digest of whole metadata", SHA256.HashData(e.Metadata.Span));
            }
        }

        if (hide.HasFlag(BundleHide.Data))
        {
            Add("a secret's text", Encoding.UTF8.GetBytes(SecretData));
        }

        if (hide.HasFlag(BundleHide.Commands))
        {
            Add("a secret's text", Encoding.UTF8.GetBytes(SecretCommand));
        }

        Add("a secret's text", Encoding.UTF8.GetBytes(SecretState));
        var places = Places(bundle);
        foreach (var (what, bytes) in forbidden)
        {
            Assert.All(places, p => Assert.True(p.AsSpan().IndexOf(bytes) < 0, $"{what} is in the bundle"));
        }

        void Add(string what, byte[] bytes)
        {
            forbidden.Add((what, bytes));
            forbidden.Add((what, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes))));
            forbidden.Add((what, Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes).TrimEnd('='))));
        }

        void AddSecret(string what, byte[] bytes)
        {
            Add(what, bytes);
            Add($"the unsalted digest of {what}", SHA256.HashData(bytes));
        }
    }

    // The ZIP as it is, and what its base64 texts hold: the statement, and the commands that stay.
    private static List<byte[]> Places(byte[] bundle)
    {
        var unpacked = new Unpacked(bundle);
        var places = new List<byte[]> { bundle, unpacked.Envelope.Payload };
        places.AddRange(unpacked.Stream(0).SelectMany(t => t).Select(l => l.Metadata.Opening?.Command).OfType<byte[]>());
        return places;
    }

    [Fact]
    public void The_same_search_finds_the_parts_when_nothing_is_hidden()
    {
        var history = Secret();
        var places = Places(History.Bundle(history.Source(Cases.LogKey, [Cases.Alice]), Cases.LogKey));
        foreach (var bytes in new[] { SecretData, SecretCommand, SecretState, Convert.ToHexStringLower(history[Cases.Alice][0].Salt) })
        {
            Assert.Contains(places, p => p.AsSpan().IndexOf(Encoding.UTF8.GetBytes(bytes)) >= 0);
        }
    }

    [Theory]
    [InlineData(BundleHide.Data, 6, 0)]
    [InlineData(BundleHide.Commands, 0, 3)]
    [InlineData(BundleHide.Data | BundleHide.Commands, 6, 3)]
    public void The_rest_still_verifies_and_hidden_parts_are_not_covered(BundleHide hide, int events, int commands)
    {
        var report = Cases.Verify(History.Bundle(Secret().Source(Cases.LogKey, [Cases.Alice], null, hide), Cases.LogKey));
        Assert.True(report.ExitCode == 0, report.Explain());
        var disclosed = report.Claims.Single(c => c.Claim == Claim.Disclosed);
        Assert.Equal(Verdict.NotCovered, disclosed.Verdict);
        Assert.Equal(events > 0, disclosed.Reason.Contains($"event bodies left out: {events}", StringComparison.Ordinal));
        Assert.Equal(commands > 0, disclosed.Reason.Contains($"command bodies left out: {commands}", StringComparison.Ordinal));
    }

    [Fact]
    public void What_stays_is_still_checked()
    {
        var unpacked = new Unpacked(History.Bundle(Secret().Source(Cases.LogKey, [Cases.Alice], null, BundleHide.Commands), Cases.LogKey));
        var all = unpacked.Stream(0);
        all[1][0] = all[1][0] with { Data = "{}"u8.ToArray() };
        unpacked.SetStream(0, all);
        unpacked.Restate();
        var report = Cases.Verify(unpacked.Pack(Depth.Stranger));
        var intact = report.Claims.Single(c => c.Claim == Claim.Intact);
        Assert.Equal((Verdict.False, Cases.Alice, 2L), (intact.Verdict, intact.Stream, intact.Revision));
    }

    [Fact]
    public void Encrypted_content_verifies_and_is_not_covered()
    {
        var history = new History();
        history.Append(Cases.Alice);
        history.Append(Cases.Alice, store: Encrypt);
        history.Append(Cases.Alice);
        foreach (var hide in (BundleHide[])[BundleHide.None, BundleHide.Data, BundleHide.Commands])
        {
            var report = Cases.Verify(History.Bundle(history.Source(Cases.LogKey, [Cases.Alice], null, hide), Cases.LogKey));
            Assert.True(report.ExitCode == 0, $"{hide}: {report.Explain()}");
            Assert.Equal(Verdict.NotCovered, report.Of(Claim.Disclosed));
        }
    }

    private static WrittenTransition Encrypt(WrittenTransition written, byte[] salt)
    {
        var key = SHA256.HashData("a subject's key"u8);
        byte[] Box(string label, ReadOnlySpan<byte> plain)
        {
            var box = new byte[12 + plain.Length + 16];
            SHA256.HashData(Encoding.UTF8.GetBytes(label))[..12].CopyTo(box, 0);
            using var aes = new AesGcm(key, 16);
            aes.Encrypt(box.AsSpan(0, 12), plain, box.AsSpan(12, plain.Length), box.AsSpan(12 + plain.Length),
                Encoding.UTF8.GetBytes($"{written.Link.Stream}\n{written.Link.Revision}\n{label}"));
            return box;
        }

        var events = written.Events.ToArray();
        var metadata = EventMetadata.Parse(events[^1].Metadata) with { Opening = new Opening { Box = Box("open", salt) }, EncryptionKey = "subject-1" };
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        metadata.Write(buffer);
        events[^1] = events[^1] with { ContentType = EventData.Binary, Data = Box(Salts.Event(events.Length - 1), events[^1].Data.Span), Metadata = buffer.WrittenSpan.ToArray() };
        return written with { Events = events };
    }
}
