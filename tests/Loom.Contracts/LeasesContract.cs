using Loom.Coordination;
using Xunit;

namespace Loom.Contracts;

/// <summary>What every lease store must do (<see cref="ILeases"/>, obligations 1 to 3). Derive once per implementation.</summary>
public abstract class LeasesContract
{
    /// <summary>A fresh, empty store.</summary>
    protected abstract ILeases Create();

    [Fact]
    public async Task One_holder_at_a_time()
    {
        var leases = Create();
        await using var first = await leases.TryAcquireAsync("actor:a", default);

        Assert.NotNull(first);
        Assert.Null(await leases.TryAcquireAsync("actor:a", default));
        Assert.False(first.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Names_do_not_disturb_each_other()
    {
        var leases = Create();
        await using var a = await leases.TryAcquireAsync("actor:a", default);
        await using var b = await leases.TryAcquireAsync("actor:b", default);

        Assert.NotNull(a);
        Assert.NotNull(b);
    }

    [Fact]
    public async Task A_disposed_lease_is_free_again_and_disposing_twice_harms_nobody()
    {
        var leases = Create();
        var first = await leases.TryAcquireAsync("actor:a", default);
        await first!.DisposeAsync();
        await using var second = await leases.TryAcquireAsync("actor:a", default);
        await first.DisposeAsync();

        Assert.NotNull(second);
        Assert.Null(await leases.TryAcquireAsync("actor:a", default));
    }

    [Fact]
    public async Task Tokens_of_a_name_strictly_increase_from_one()
    {
        var leases = Create();
        var last = 0L;
        for (var i = 0; i < 50; i++)
        {
            await using var lease = await leases.TryAcquireAsync("actor:a", default);
            Assert.True(lease!.Token > last, $"token {lease.Token} after {last}");
            last = lease.Token;
        }
    }

    [Theory]
    [InlineData(2L)]
    [InlineData(1_000L)]
    [InlineData(1L << 40)]
    public async Task A_token_is_larger_than_every_fence_the_store_was_told(long fence)
    {
        var leases = Create();
        await leases.RaiseFenceAsync("actor:a", fence, default);
        await leases.RaiseFenceAsync("actor:a", fence / 2, default);
        await using (var lease = await leases.TryAcquireAsync("actor:a", default))
        {
            Assert.True(lease!.Token > fence, $"token {lease.Token}, fence {fence}");
            await leases.RaiseFenceAsync("actor:a", lease.Token + 7, default);
            fence = lease.Token + 7;
        }

        await using var next = await leases.TryAcquireAsync("actor:a", default);
        Assert.True(next!.Token > fence, $"token {next.Token}, fence {fence}");
    }

    [Fact]
    public async Task Many_at_once_still_find_one_holder()
    {
        var leases = Create();
        var tries = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => leases.TryAcquireAsync("actor:a", default))));

        Assert.Single(tries, lease => lease is not null);
    }
}
