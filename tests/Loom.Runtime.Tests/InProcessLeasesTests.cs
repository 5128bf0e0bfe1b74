using Loom.Contracts;
using Loom.Coordination;

namespace Loom.Runtime.Tests;

public sealed class InProcessLeasesTests : LeasesContract
{
    protected override ILeases Create() => new InProcessLeases();

    [Fact]
    public async Task An_extreme_fence_of_one_name_stays_with_that_name()
    {
        var leases = Create();
        await leases.RaiseFenceAsync("actor:imported", 1L << 52, default);
        await using var other = await leases.TryAcquireAsync("actor:other", default);

        Assert.True(other!.Token < 100, $"token {other.Token}");
    }
}
