namespace Loom.Runtime.Tests;

public sealed class AlarmTests
{
    [Theory]
    [InlineData(0.3, 1)]
    [InlineData(0, 1)]
    [InlineData(-5, 1)]
    [InlineData(1, 1)]
    [InlineData(1.01, 2)]
    [InlineData(29_999.5, 30_000)]
    [InlineData(90_000, 30_000)]
    public void A_sleep_is_whole_milliseconds_never_none_and_never_long(double left, double milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Alarm.Length(TimeSpan.FromMilliseconds(left)));

    [Fact]
    public void With_nothing_due_it_sleeps_as_long_as_it_may() => Assert.Equal(Alarm.LongestWait, Alarm.Length(null));
}
