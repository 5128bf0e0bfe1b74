namespace Loom.Hosting.Problems;

/// <summary>A bounded number of places for work that holds memory, disk or a connection for long. Thread-safe.</summary>
/// <param name="count">How many.</param>
/// <param name="full">What to tell who finds none free.</param>
internal sealed class Places(int count, string full)
{
    private int _taken;

    /// <summary>Takes one; disposing gives it back.</summary>
    /// <exception cref="RefusedException">All are taken.</exception>
    public IDisposable Take()
    {
        if (Interlocked.Increment(ref _taken) <= count)
        {
            return new Place(this);
        }

        Interlocked.Decrement(ref _taken);
        throw new RefusedException(new Refusal(429, "busy", full, TimeSpan.FromSeconds(2)));
    }

    private sealed class Place(Places of) : IDisposable
    {
        private int _back;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _back, 1) == 0)
            {
                Interlocked.Decrement(ref of._taken);
            }
        }
    }
}
