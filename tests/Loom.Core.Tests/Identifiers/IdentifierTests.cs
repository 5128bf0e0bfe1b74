using FsCheck.Fluent;
using Loom.Core;

namespace Loom.Core.Tests.Identifiers;

public sealed class IdentifierTests
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    [Fact]
    public void Any_type_and_id_of_allowed_characters_makes_an_actor_that_parses_back()
    {
        var types =
            from first in Gen.Elements("abcdefghijklmnopqrstuvwxyz".ToCharArray())
            from rest in Gen.ArrayOf(Gen.Elements(Letters.ToCharArray()))
            select first + new string(rest)[..Math.Min(63, rest.Length)];
        var ids =
            from first in Gen.Elements((Letters + "._~:@-").ToCharArray())
            from rest in Gen.ArrayOf(Gen.Elements((Letters + "._~:@-").ToCharArray()))
            select first + new string(rest)[..Math.Min(199, rest.Length)];
        Prop.ForAll(types.ToArbitrary(), ids.ToArbitrary(), (type, id) =>
        {
            var actor = new ActorId(type, id);
            Assert.Equal($"{type}-{id}", actor.ToString());
            Assert.Equal(actor, ActorId.Parse(actor.ToString()));
            Assert.Equal(actor.ToString(), actor.Stream.Value);
            Assert.Equal((type, id), (actor.Type, actor.Id));
        }).ShouldHold();
    }

    [Fact]
    public void Any_text_is_either_refused_or_comes_back_unchanged() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            if (ActorId.TryParse(text, out var actor))
            {
                Assert.Equal(text, actor.ToString());
            }

            if (CommandId.TryParse(text, out var command))
            {
                Assert.Equal(text, command.Value);
            }

            if (StreamName.TryParse(text, out var stream))
            {
                Assert.Equal(text, stream.Value);
            }

            if (Digest.TryParse(text, out var digest))
            {
                Assert.Equal(text, digest.ToString());
            }

            if (Timestamp.TryParse(text, out var time))
            {
                Assert.Equal(text, time.ToString());
            }

            if (MachineId.TryParse(text, out var machine))
            {
                Assert.Equal(text, machine.Value);
            }
        }).ShouldHold();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("account")]
    [InlineData("-alice")]
    [InlineData("account-")]
    [InlineData("Account-alice")]
    [InlineData("1account-alice")]
    [InlineData("acc_ount-alice")]
    [InlineData("account-al ice")]
    [InlineData("account-a/b")]
    [InlineData("account-é")]
    [InlineData("loom.log-x")]
    [InlineData("$account-alice")]
    public void What_is_no_actor_is_refused(string? text) => Assert.False(ActorId.TryParse(text, out _));

    [Fact]
    public void Lengths_end_where_the_format_says()
    {
        Assert.True(ActorId.IsType("a" + new string('b', 63)));
        Assert.False(ActorId.IsType("a" + new string('b', 64)));
        Assert.True(ActorId.IsId(new string('b', 200)));
        Assert.False(ActorId.IsId(new string('b', 201)));
        Assert.True(CommandId.TryParse(new string('!', 128), out _));
        Assert.False(CommandId.TryParse(new string('!', 129), out _));
        Assert.True(StreamName.TryParse(new string('x', 1024), out _));
        Assert.False(StreamName.TryParse(new string('x', 1025), out _));
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("é")]
    [InlineData("\u007f")]
    public void A_command_id_holds_printable_ascii_only(string text) => Assert.False(CommandId.TryParse(text, out _));

    [Theory]
    [InlineData("dotnet:account@1")]
    [InlineData("dotnet:My.Machine_2-x@999999999")]
    [InlineData("wasm:sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public void A_machine_has_one_of_two_forms(string text) => Assert.Equal(text, MachineId.Parse(text).Value);

    [Theory]
    [InlineData("dotnet:account@0")]
    [InlineData("dotnet:account@01")]
    [InlineData("dotnet:account")]
    [InlineData("dotnet:account@1\n")]
    [InlineData("wasm:sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    [InlineData("wasm:sha256:e3b0")]
    public void And_no_other(string text) => Assert.False(MachineId.TryParse(text, out _));

    [Fact]
    public void A_digest_is_64_lower_case_hex_digits()
    {
        var empty = Digest.Of([]);
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", empty.ToString());
        Assert.Equal(empty, new Digest(empty.ToArray()));
        Assert.False(Digest.TryParse(empty.ToString().ToUpperInvariant(), out _));
        Assert.False(Digest.TryParse(empty.ToString()[1..], out _));
        Assert.Throws<ArgumentException>(() => new Digest(new byte[31]));
    }

    [Fact]
    public void Digests_are_ordered_as_their_bytes() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), ArbMap.Default.ArbFor<int>(), (x, y) =>
        {
            var (a, b) = (Digest.Of(BitConverter.GetBytes(x)), Digest.Of(BitConverter.GetBytes(y)));
            Assert.Equal(Math.Sign(a.ToArray().AsSpan().SequenceCompareTo(b.ToArray())), Math.Sign(a.CompareTo(b)));
        }).ShouldHold();
}
