using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol;

namespace Loom.EventStoreDb.Tests.Grpc;

/// <summary>A server may answer a call before anything of it was sent; whoever is about to write hears of it.</summary>
public sealed class RequestContentTests
{
    [Theory(Timeout = 600_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_writes_to_a_call_that_ended_before_its_body_began_is_told(bool failed)
    {
        using var content = new RequestContent<StreamIdentifier>(Codec.Of(StreamIdentifier.Parser));
        var writing = content.WriteAsync([Echo.Message("hello")], CancellationToken.None);
        var completing = content.CompleteAsync(CancellationToken.None);
        using var over = new CancellationTokenSource();
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => content.CopyToAsync(new EndedStream(failed), over.Token));
        await Assert.ThrowsAsync<GrpcException>(() => writing);
        await Assert.ThrowsAsync<GrpcException>(() => completing);
    }

    /// <summary>A request's body as it is when the server has reset the stream already, or the call was cancelled.</summary>
    private sealed class EndedStream(bool failed) : MemoryStream
    {
        public override Task FlushAsync(CancellationToken cancellationToken) =>
            failed ? throw new IOException("The stream was reset.") : Task.FromCanceled(cancellationToken);
    }
}
