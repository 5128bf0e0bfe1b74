namespace Loom.Hosting.Health;

/// <summary>Tells work that is behind and moves from work that is behind and stands still.</summary>
internal sealed class Stall(TimeSpan patience, TimeProvider time)
{
    private readonly Lock _gate = new();
    private object? _progress;
    private long _since;

    /// <summary>How long nothing has moved, once that is longer than the patience; null while all is well.</summary>
    /// <param name="behind">Whether there is work left.</param>
    /// <param name="progress">Differs from look to look while the work moves.</param>
    public TimeSpan? Look(bool behind, object progress)
    {
        lock (_gate)
        {
            if (!behind || !progress.Equals(_progress))
            {
                (_progress, _since) = (progress, time.GetTimestamp());
                return null;
            }

            var still = time.GetElapsedTime(_since);
            return still > patience ? still : null;
        }
    }
}
