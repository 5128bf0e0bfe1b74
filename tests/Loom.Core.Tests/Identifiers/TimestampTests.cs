using FsCheck.Fluent;
using Loom.Core;

namespace Loom.Core.Tests.Identifiers;

public sealed class TimestampTests
{
    [Fact]
    public void A_time_is_cut_to_a_microsecond_and_written_in_utc()
    {
        var time = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(2)).AddTicks(1_234_567 + 8);
        Assert.Equal("2026-03-01T10:00:00.123457Z", new Timestamp(time).ToString());
        Assert.Equal("0001-01-01T00:00:00.000000Z", default(Timestamp).ToString());
    }

    [Theory]
    [InlineData("2026-03-01T10:00:00.12345Z")]
    [InlineData("2026-03-01T10:00:00.1234567Z")]
    [InlineData("2026-03-01T10:00:00.123456+00:00")]
    [InlineData("2026-03-01 10:00:00.123456Z")]
    [InlineData("2026-02-30T10:00:00.123456Z")]
    [InlineData("2026-03-01T24:00:00.000000Z")]
    [InlineData("2026-03-01T10:00:60.000000Z")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("2026-02-29T10:00:00.123456Z")]
    [InlineData("2026-13-01T10:00:00.123456Z")]
    [InlineData("2026-00-01T10:00:00.123456Z")]
    [InlineData("0000-01-01T10:00:00.123456Z")]
    [InlineData("2026-04-31T10:00:00.123456Z")]
    [InlineData("2026-03-00T10:00:00.123456Z")]
    [InlineData("2026-03-01T10:60:00.000000Z")]
    [InlineData("2026-03-01T23:59:60.000000Z")]
    [InlineData("2026-03-01T10:00:00.12345٣Z")]
    public void Any_other_form_is_refused(string? text) => Assert.False(Timestamp.TryParse(text, out _));

    [Fact]
    public void Every_time_comes_back_and_keeps_its_order() =>
        Prop.ForAll(ArbMap.Default.ArbFor<DateTimeOffset>(), ArbMap.Default.ArbFor<DateTimeOffset>(), (x, y) =>
        {
            var (a, b) = (new Timestamp(x), new Timestamp(y));
            Assert.Equal(a, Timestamp.Parse(a.ToString()));
            Assert.Equal(Math.Sign(string.CompareOrdinal(a.ToString(), b.ToString())), Math.Sign(a.CompareTo(b)));
            Assert.True(Timestamp.Max(a, b) >= a && Timestamp.Max(a, b) >= b);
        }).ShouldHold();
}
