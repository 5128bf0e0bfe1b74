using System.Buffers;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Streams;
using Loom.Journal;

namespace Loom.EventStoreDb.Messages;

/// <summary>
/// <c>BatchAppendResp</c> (specs/eventstore-grpc.md): successes between their bytes and the journal's own form. Of errors, and of anything
/// unusual, the generated classes take care: what this reads, they read alike.
/// </summary>
/// <remarks>
/// BatchAppendResp: 1 <c>correlation_id</c>, 3 <c>success</c>, 4 <c>stream_identifier</c>. Success: 1 <c>current_revision</c>, 2 <c>no_stream</c>,
/// 3 <c>position</c> (1 <c>commit_position</c>, 2 <c>prepare_position</c>), 4 <c>no_position</c>, 2001 <c>loom_repeated</c>.
/// </remarks>
internal sealed class BatchAnswerCodec : Codec<BatchAnswer>
{
    private const uint RepeatedTag = 2001 << 3;

    private static readonly Codec<BatchAppendResp> Generated = Codec.Of(BatchAppendResp.Parser);

    public static BatchAnswerCodec Instance { get; } = new();

    public override void Write(BatchAnswer message, FrameBuffer to)
    {
        if (message.Other is { } other)
        {
            Generated.Write(other, to);
            return;
        }

        var done = message.Done!;
        var position = 2 * ProtoWriter.NumberOf(done.Position ?? 0);
        var success = (done.LastRevision >= 0 ? 1 + ProtoWriter.SizeOf((ulong)done.LastRevision) : 2)
            + (done.Position is null ? 2 : ProtoWriter.FieldOf(position))
            + ProtoWriter.SizeOf(RepeatedTag) + 1;
        var size = ProtoWriter.FieldOf(message.CorrelationBytes.Length)
            + ProtoWriter.FieldOf(success)
            + (message.StreamBytes is { } sent ? ProtoWriter.FieldOf(sent.Length) : 0);
        var writer = new ProtoWriter(to.Add(size));
        writer.Begin(1, message.CorrelationBytes.Length);
        writer.Raw(message.CorrelationBytes.Span);
        writer.Begin(3, success);
        if (done.LastRevision >= 0)
        {
            writer.Present(1, (ulong)done.LastRevision);
        }
        else
        {
            writer.Begin(2, 0);
        }

        if (done.Position is { } at)
        {
            writer.Begin(3, position);
            writer.Number(1, at);
            writer.Number(2, at);
        }
        else
        {
            writer.Begin(4, 0);
        }

        writer.Varint(RepeatedTag);
        writer.Varint(done.Repeated ? 1u : 0);
        if (message.StreamBytes is { } stream)
        {
            writer.Begin(4, stream.Length);
            writer.Raw(stream.Span);
        }
    }

    public override BatchAnswer Read(in ReadOnlySequence<byte> payload) =>
        TryRead(payload.IsSingleSegment ? payload.FirstSpan : payload.ToArray()) ?? Generated.Read(payload);

    /// <summary>The success, or null for what is not plainly one. The bytes of id and stream are not kept.</summary>
    internal static BatchAnswer? TryRead(ReadOnlySpan<byte> message)
    {
        var from = new ProtoReader(message);
        Guid? correlation = null;
        AppendResult.Appended? done = null;
        while (from.Next(out var tag))
        {
            switch (tag)
            {
                case (1 << 3) | 2:
                    if (correlation is not null || !ProtoUuid.TryRead(from.Message(), out var id))
                    {
                        return null;
                    }

                    correlation = id;
                    break;
                case (3 << 3) | 2:
                    if (done is not null || (done = Success(from.Message())) is null)
                    {
                        return null;
                    }

                    break;
                case (4 << 3) | 2:
                    if (!IsStream(from.Message()))
                    {
                        return null;
                    }

                    break;
                default:
                    return null;
            }
        }

        return from.IsBad || correlation is null || done is null ? null : new BatchAnswer { Correlation = correlation, Done = done };
    }

    private static AppendResult.Appended? Success(ProtoReader from)
    {
        long revision = -1;
        ulong? position = null;
        bool? repeated = null;
        while (from.Next(out var tag))
        {
            switch (tag)
            {
                case 1 << 3:
                    var last = from.Varint();
                    if (last > long.MaxValue)
                    {
                        return null;
                    }

                    revision = (long)last;
                    break;
                case (2 << 3) | 2:
                    from.Nothing();
                    revision = -1;
                    break;
                case (3 << 3) | 2:
                    if (position is not null || (position = Position(from.Message())) is null)
                    {
                        return null;
                    }

                    break;
                case (4 << 3) | 2:
                    from.Nothing();
                    position = null;
                    break;
                case RepeatedTag:
                    repeated = from.Varint() != 0;
                    break;
                default:
                    from.Skip(tag);
                    break;
            }
        }

        // Only Loom's servers say whether it was a repeat; where nothing is said it may have been one.
        return from.IsBad ? null : new AppendResult.Appended(revision, position) { Repeated = repeated ?? true };
    }

    private static ulong? Position(ProtoReader from)
    {
        ulong commit = 0;
        while (from.Next(out var tag))
        {
            if (tag == 1 << 3)
            {
                commit = from.Varint();
            }
            else
            {
                from.Skip(tag);
            }
        }

        return from.IsBad ? null : commit;
    }

    // What it says is known; it only has to be a message.
    private static bool IsStream(ProtoReader from)
    {
        while (from.Next(out var tag))
        {
            from.Skip(tag);
        }

        return !from.IsBad;
    }
}
