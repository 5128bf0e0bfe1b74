using Loom.EventStoreDb.Protocol.Streams;
using Loom.Journal;

namespace Loom.EventStoreDb.Messages;

/// <summary>One response of Streams.BatchAppend: a success, or anything else as its generated message.</summary>
internal sealed class BatchAnswer
{
    /// <summary>Which append it answers; null for none.</summary>
    public Guid? Correlation { get; init; }

    /// <summary>The id in the bytes in which it was sent.</summary>
    public ReadOnlyMemory<byte> CorrelationBytes { get; init; }

    /// <summary>The stream's identifier in the bytes in which it was sent; null for none.</summary>
    public ReadOnlyMemory<byte>? StreamBytes { get; init; }

    /// <summary>The append is done.</summary>
    public AppendResult.Appended? Done { get; init; }

    /// <summary>Any other answer, and a success that did not come as plainly as servers send them.</summary>
    public BatchAppendResp? Other { get; init; }

    public static implicit operator BatchAnswer(BatchAppendResp other) =>
        new() { Correlation = Wire.TryGuid(other.CorrelationId, out var id) ? id : null, Other = other };
}
