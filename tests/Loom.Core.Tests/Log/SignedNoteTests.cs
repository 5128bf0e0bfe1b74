using System.Security.Cryptography;
using System.Text;
using Loom.Core;
using Xunit;

namespace Loom.Core.Tests.Log;

public sealed class SignedNoteTests
{
    private const string Origin = "example.com/log";
    private const string Body = "example.com/log\n3\nrra8/idLcKFPsGel5VeCZNsPqbUa9eC6FZFY8yngbnc=\nloom-epoch 1\n";
    private const string CosignatureLine =
        "\u2014 witness.example d5R0JgAAAABlU/EAGW4OvvAP6/lEY5J5+zPqdKtltYpxF95tNbYgYZQiL9DtgiPfpg6p514DSZNLqOVIpC8tX9N1B0y922E30P4TDQ==\n";

    private static readonly byte[] WitnessKey = Convert.FromHexString("725a1596093b3db7a4955cc832a913090daad7fb36d995af6cd90180aeff63ed");

    [Fact]
    public void A_checkpoint_has_exactly_the_text_of_C2SP_and_reads_back()
    {
        var checkpoint = Checkpoint.Of(Origin, 3, Digest.Parse("aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"), 1);
        Assert.Equal(Body, checkpoint.Format());
        Assert.True(Checkpoint.TryParse(Body, out var read));
        Assert.Equal(checkpoint, read);
        Assert.Equal(1, read.Epoch);
    }

    [Theory]
    [InlineData("")]
    [InlineData("example.com/log\n3\n")]
    [InlineData("example.com/log\n3\nrra8/idLcKFPsGel5VeCZNsPqbUa9eC6FZFY8yngbnc=")]
    [InlineData("example.com/log\n03\nrra8/idLcKFPsGel5VeCZNsPqbUa9eC6FZFY8yngbnc=\n")]
    [InlineData("example.com/log\n+3\nrra8/idLcKFPsGel5VeCZNsPqbUa9eC6FZFY8yngbnc=\n")]
    [InlineData("example.com/log\n-3\nrra8/idLcKFPsGel5VeCZNsPqbUa9eC6FZFY8yngbnc=\n")]
    [InlineData("example.com/log\n99999999999999999999\nrra8/idLcKFPsGel5VeCZNsPqbUa9eC6FZFY8yngbnc=\n")]
    [InlineData("example.com/log\n3\nrra8/idLcKFPsGel5VeCZNsPqbUa9eC6FZFY8yngbnd=\n")]
    [InlineData("example.com/log\n3\nrra8/idLcKFPsGel5VeCZNsPqbUa9eC6FZFY8yng\n")]
    [InlineData("example.com/log\n3\nrra8/idLcKFPsGel5VeCZNsPqbUa9eC6FZFY8yngbnc=\n\n")]
    [InlineData("example.com log\n3\nrra8/idLcKFPsGel5VeCZNsPqbUa9eC6FZFY8yngbnc=\n")]
    [InlineData("\n3\nrra8/idLcKFPsGel5VeCZNsPqbUa9eC6FZFY8yngbnc=\n")]
    public void Other_texts_are_no_checkpoint(string text) => Assert.False(Checkpoint.TryParse(text, out _));

    [Fact]
    public void A_note_verifies_after_a_round_trip_and_not_for_another_name_key_or_text()
    {
        using var signer = new TestSigner();
        using var other = new TestSigner();
        var note = SignedNote.Sign(Body, Origin, signer, other);
        Assert.True(SignedNote.TryParse(note.Format(), out var read));
        Assert.Equal(Body, read.Text);
        Assert.True(read.IsSignedBy(Origin, signer.PublicKey.Span));
        Assert.True(read.IsSignedBy(Origin, other.PublicKey.Span));
        Assert.False(read.IsSignedBy("example.com/other", signer.PublicKey.Span));
        Assert.False((read with { Text = Body.Replace("\n3\n", "\n4\n", StringComparison.Ordinal) }).IsSignedBy(Origin, signer.PublicKey.Span));
        using var stranger = new TestSigner();
        Assert.False(read.IsSignedBy(Origin, stranger.PublicKey.Span));
    }

    [Fact]
    public void A_cosignature_made_by_another_implementation_verifies()
    {
        Assert.True(SignedNote.TryParse(Encoding.UTF8.GetBytes(Body + "\n" + CosignatureLine), out var note));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000), new Witness("witness.example", WitnessKey).CosignedAt(note));
        Assert.Null(new Witness("other.example", WitnessKey).CosignedAt(note));
        Assert.Null(new Witness("witness.example", WitnessKey).CosignedAt(note with { Text = Body + "x\n" }));
        var late = note.Signatures[0].Signature.ToArray();
        late[7]++;
        Assert.Null(new Witness("witness.example", WitnessKey).CosignedAt(note with { Signatures = [note.Signatures[0] with { Signature = late }] }));
    }

    [Theory]
    [InlineData("text\n")]
    [InlineData("text\n\n")]
    [InlineData("text\n\n\u2014 name AAAAAAA=")]
    [InlineData("text\n\n\u2014 name AAAAAA==\n")]
    [InlineData("text\n\n\u2014 name AAAAAAB=\n")]
    [InlineData("text\n\n\u2014 name  AAAAAAA=\n")]
    [InlineData("text\n\n\u2014 na+me AAAAAAA=\n")]
    [InlineData("text\n\n\u2014  AAAAAAA=\n")]
    [InlineData("text\n\n- name AAAAAAA=\n")]
    [InlineData("text\r\n\n\u2014 name AAAAAAA=\n")]
    [InlineData("te\u0000xt\n\n\u2014 name AAAAAAA=\n")]
    [InlineData("text\n\n\u2014 name AAAAAAA=\ngarbage\n")]
    public void Malformed_notes_are_refused(string text) => Assert.False(SignedNote.TryParse(text, out _));

    [Fact]
    public void Notes_beyond_the_limits_are_refused()
    {
        const string line = "\u2014 name AAAAAAA=\n";
        Assert.True(SignedNote.TryParse("text\n\n" + string.Concat(Enumerable.Repeat(line, SignedNote.MaxSignatures)), out _));
        Assert.False(SignedNote.TryParse("text\n\n" + string.Concat(Enumerable.Repeat(line, SignedNote.MaxSignatures + 1)), out _));
        Assert.False(SignedNote.TryParse(new string('x', SignedNote.MaxBytes) + "\n\n" + line, out _));
        Assert.False(SignedNote.TryParse([0xff, (byte)'\n', (byte)'\n'], out _));
    }

    [Fact]
    public void Random_damage_never_throws_and_never_verifies_as_another_text()
    {
        using var signer = new TestSigner();
        var good = Encoding.UTF8.GetBytes(SignedNote.Sign(Body, Origin, signer).Format());
        var random = new Random(4711);
        for (var i = 0; i < 2000; i++)
        {
            var bad = good.ToArray();
            bad[random.Next(bad.Length)] = (byte)random.Next(256);
            if (SignedNote.TryParse(bad, out var note) && note.Text != Body)
            {
                Assert.False(note.IsSignedBy(Origin, signer.PublicKey.Span));
            }
        }
    }

    private sealed class TestSigner : ISigner, IDisposable
    {
        private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        public TestSigner() => PublicKey = _key.ExportSubjectPublicKeyInfo();

        public string Name => "test";

        public ReadOnlyMemory<byte> PublicKey { get; }

        public byte[] Sign(ReadOnlySpan<byte> data) => EcdsaP256.Sign(_key, data);

        public void Dispose() => _key.Dispose();
    }
}
