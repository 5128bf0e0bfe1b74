namespace Loom.Runtime.Import;

/// <summary>
/// Lets an XML reader take only so many bytes between two nodes, in one case, and in all: a whole node and a whole case are held in
/// memory, and a packed file can hold one of any size.
/// </summary>
internal sealed class BoundedStream(Stream inner, long maxTotal, long maxCase, int maxNode) : Stream
{
    private long _total;
    private long _case;
    private long _node;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _total;
        set => throw new NotSupportedException();
    }

    /// <summary>A node is complete: the next one may take as much again.</summary>
    public void NodeDone() => _node = 0;

    public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

    public override int Read(Span<byte> buffer) => Count(inner.Read(buffer));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>A new case begins.</summary>
    public void CaseBegins() => _case = 0;

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Count(int read)
    {
        _total += read;
        _case += read;
        _node += read;
        return _total > maxTotal ? throw new FormatException($"The file unpacks to more than {maxTotal:N0} bytes.")
            : _case > maxCase ? throw new FormatException($"One case takes more than {maxCase:N0} bytes.")
            : _node > maxNode ? throw new FormatException($"One XML node takes more than {maxNode:N0} bytes.")
            : read;
    }
}
