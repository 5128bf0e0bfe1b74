namespace Loom.Journal.Embedded;

/// <summary>An enumeration of a local disk as an asynchronous one: each step is done when it returns.</summary>
internal sealed class Immediate<T>(IEnumerable<T> items, long count, Func<bool> isClosed, CancellationToken cancellationToken) : IAsyncEnumerable<T>
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken token = default) =>
        new Enumerator(items.GetEnumerator(), count, isClosed, cancellationToken, token);

    private sealed class Enumerator(IEnumerator<T> items, long count, Func<bool> isClosed, CancellationToken first, CancellationToken second) : IAsyncEnumerator<T>
    {
        private long _left = count;

        public T Current => items.Current;

        public ValueTask<bool> MoveNextAsync()
        {
            first.ThrowIfCancellationRequested();
            second.ThrowIfCancellationRequested();
            if (_left <= 0)
            {
                return new ValueTask<bool>(false);
            }

            if (isClosed())
            {
                throw GroupWriter.Closed();
            }

            _left--;
            try
            {
                return new ValueTask<bool>(items.MoveNext());
            }
            catch (ObjectDisposedException)
            {
                throw GroupWriter.Closed();
            }
            catch (IOException e)
            {
                throw new JournalException(JournalFailure.Unavailable, $"The journal could not be read: {e.Message} Look at the disk, then try again.", e);
            }
        }

        public ValueTask DisposeAsync()
        {
            items.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
