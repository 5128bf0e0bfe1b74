using Loom.Testing;

namespace Loom.Wasm.Tests.Machines;

public sealed class FramesTests
{
    [Fact]
    public void A_frame_is_read_as_it_was_written()
    {
        var bytes = Frames.Encode("state"u8, "command"u8, "context"u8);
        Assert.Equal([5, 0, 0, 0, .. "state"u8, 7, 0, 0, 0, .. "command"u8, 7, 0, 0, 0, .. "context"u8], bytes);
        Assert.True(Frames.TryDecode(bytes, out InputFrame input, out _));
        Assert.Equal("command"u8, input.Command.Span);
        Assert.Equal("context"u8, input.Context.Span);

        bytes = Frames.Encode(accepted: false, "why"u8, []);
        Assert.Equal([1, 0, 0, 0, 3, 0, 0, 0, .. "why"u8, 0, 0, 0, 0], bytes);
        Assert.True(Frames.TryDecode(bytes, out OutputFrame output, out _));
        Assert.False(output.Accepted);
        Assert.Equal("why"u8, output.State.Span);
        Assert.True(output.Events.IsEmpty);
    }

    [Fact]
    public void A_frame_that_was_cut_or_lengthened_is_refused()
    {
        var input = Frames.Encode([1, 2], [3], [4, 5, 6]);
        var output = Frames.Encode(accepted: true, [1, 2], [3]);
        for (var i = 0; i < input.Length; i++) Assert.False(Frames.TryDecode(input.AsMemory(0, i), out InputFrame _, out _));
        for (var i = 0; i < output.Length; i++) Assert.False(Frames.TryDecode(output.AsMemory(0, i), out OutputFrame _, out _));
        Assert.False(Frames.TryDecode((byte[])[.. input, 0], out InputFrame _, out var mistake));
        Assert.Equal("1 bytes follow the last part of the frame", mistake);
        Assert.False(Frames.TryDecode((byte[])[.. output, 0], out OutputFrame _, out _));
    }

    [Fact]
    public void Lengths_and_status_from_a_machine_are_not_believed()
    {
        Assert.False(Frames.TryDecode((byte[])[2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], out OutputFrame _, out var mistake));
        Assert.StartsWith("the status is 2", mistake, StringComparison.Ordinal);
        Assert.False(Frames.TryDecode((byte[])[0, 0, 0, 0, 255, 255, 255, 255, 1], out OutputFrame _, out mistake));
        Assert.Equal("the state should have 4294967295 bytes, the frame has only 1 left", mistake);
    }

    [Fact]
    public void Whatever_is_read_is_written_the_same_way()
    {
        var random = new Random(Seeds.First("frames"));
        var read = 0;
        for (var i = 0; i < 20_000; i++)
        {
            // Every other one is a frame with one byte changed, else hardly any could be read.
            var bytes = i % 2 == 0 ? new byte[random.Next(24)] : Frames.Encode(true, new byte[random.Next(6)], new byte[random.Next(6)]);
            for (var j = 0; i % 2 == 0 && j < bytes.Length; j++) bytes[j] = (byte)(random.Next(3) == 0 ? random.Next(6) : 0);
            if (i % 2 == 1) bytes[random.Next(bytes.Length)] = (byte)random.Next(6);
            if (!Frames.TryDecode(bytes, out OutputFrame frame, out _)) continue;
            read++;
            Assert.Equal(bytes, Frames.Encode(frame.Accepted, frame.State.Span, frame.Events.Span));
        }

        Assert.True(read > 2_000, $"only {read} of the frames could be read");
    }
}
