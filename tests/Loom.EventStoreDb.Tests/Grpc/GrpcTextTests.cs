using Loom.EventStoreDb.Grpc;
using Loom.Testing;

namespace Loom.EventStoreDb.Tests.Grpc;

public sealed class GrpcTextTests
{
    [Theory]
    [InlineData("plain: text, with signs ~!", "plain: text, with signs ~!")]
    [InlineData("100%", "100%25")]
    [InlineData("Größe\n", "Gr%C3%B6%C3%9Fe%0A")]
    [InlineData("", "")]
    public void A_message_is_percent_encoded_where_it_must_be(string text, string encoded)
    {
        Assert.Equal(encoded, GrpcText.Encode(text));
        Assert.Equal(text, GrpcText.Decode(encoded));
    }

    [Theory]
    [InlineData("50% off", "50% off")]
    [InlineData("%", "%")]
    [InlineData("%4", "%4")]
    [InlineData("%41%zz", "A%zz")]
    [InlineData("%FF", "\uFFFD")]
    public void Decoding_is_lenient(string encoded, string text) => Assert.Equal(text, GrpcText.Decode(encoded));

    [Theory]
    [InlineData(0, "0n")]
    [InlineData(1, "1u")]
    [InlineData(TimeSpan.TicksPerSecond, "1000000u")]
    [InlineData(TimeSpan.TicksPerHour, "3600000m")]
    [InlineData(TimeSpan.TicksPerDay * 400, "34560000S")]
    public void A_timeout_is_written_with_eight_digits_at_most(long ticks, string text) => Assert.Equal(text, GrpcText.FormatTimeout(TimeSpan.FromTicks(ticks)));

    [Fact]
    public void A_timeout_read_back_is_never_shorter()
    {
        var random = new Random(Seeds.First("timeouts"));
        for (var n = 0; n < 2_000; n++)
        {
            var timeout = TimeSpan.FromTicks(random.NextInt64(1L << random.Next(1, 62)));
            var text = GrpcText.FormatTimeout(timeout);
            Assert.InRange(text.Length, 2, 9);
            Assert.True(GrpcText.TryParseTimeout(text, out var read));
            Assert.True(read >= timeout, text);
        }

        Assert.True(GrpcText.TryParseTimeout("99999999H", out var longest));
        Assert.True(longest > TimeSpan.FromDays(365_000));
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("-1S")]
    [InlineData("+1S")]
    [InlineData(" 1S")]
    [InlineData("123456789S")]
    [InlineData("1s")]
    public void Other_text_is_no_timeout(string text) => Assert.False(GrpcText.TryParseTimeout(text, out _));

    [Theory]
    [InlineData("application/grpc", true)]
    [InlineData("application/grpc+proto", true)]
    [InlineData("application/grpc; charset=utf-8", true)]
    [InlineData("application/grpc-web", false)]
    [InlineData("application/grpc+json", false)]
    [InlineData("application/json", false)]
    [InlineData(null, false)]
    public void Content_types(string? type, bool isGrpc) => Assert.Equal(isGrpc, GrpcText.IsGrpc(type));
}
