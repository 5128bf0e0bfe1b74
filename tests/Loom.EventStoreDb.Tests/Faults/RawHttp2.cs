using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Loom.EventStoreDb.Tests.Faults;

/// <summary>A connection on which a test writes HTTP/2 frames, right ones and wrong ones, byte by byte.</summary>
internal sealed class RawHttp2 : IDisposable
{
    public const byte Data = 0;
    public const byte Headers = 1;
    public const byte Reset = 3;
    public const byte Settings = 4;
    public const byte Ping = 6;
    public const byte WindowUpdate = 8;
    public const byte Continuation = 9;
    public const byte EndStream = 1;
    public const byte EndHeaders = 4;

    private readonly TcpClient _client = new() { NoDelay = true };

    private NetworkStream Stream => _client.GetStream();

    /// <summary>Connects and says nothing yet.</summary>
    public static async Task<RawHttp2> ConnectAsync(int port)
    {
        var raw = new RawHttp2();
        await raw._client.ConnectAsync(IPAddress.Loopback, port);
        return raw;
    }

    /// <summary>Connects and begins HTTP/2; no header of the other side is indexed.</summary>
    public static async Task<RawHttp2> OpenAsync(int port)
    {
        var raw = await ConnectAsync(port);
        await raw.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        await raw.SendAsync(Frame(Settings, 0, 0, [0, 1, 0, 0, 0, 0]));
        return raw;
    }

    public static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }

    /// <summary>Headers as literals that are not indexed.</summary>
    public static byte[] Literals(params (string Name, string Value)[] headers)
    {
        var block = new List<byte>();
        foreach (var (name, value) in headers)
        {
            block.Add(0);
            Text(block, name);
            Text(block, value);
        }

        return [.. block];
    }

    public static byte[] Post(string path, params (string Name, string Value)[] more) => Literals(
        [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "localhost"), ("content-type", "application/grpc"), ("te", "trailers"), .. more]);

    public async Task SendAsync(byte[] bytes) => await Stream.WriteAsync(bytes);

    /// <summary>Writes for as long as the other side lets us.</summary>
    public async Task<bool> TrySendAsync(byte[] bytes)
    {
        try
        {
            await Stream.WriteAsync(bytes);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Everything until the server closes the connection.</summary>
    public async Task<byte[]> ToTheEndAsync()
    {
        var all = new MemoryStream();
        try
        {
            await Stream.CopyToAsync(all);
        }
        catch (IOException)
        {
            // Reset; what came is what there is.
        }

        return all.ToArray();
    }

    /// <summary>The next frame; null at the end.</summary>
    public async Task<(byte Type, byte Flags, int Stream, byte[] Payload)?> NextAsync()
    {
        try
        {
            var header = new byte[9];
            await Stream.ReadExactlyAsync(header);
            var payload = new byte[(header[0] << 16) | (header[1] << 8) | header[2]];
            await Stream.ReadExactlyAsync(payload);
            return (header[3], header[4], BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)) & int.MaxValue, payload);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose() => _client.Dispose();

    private static void Text(List<byte> block, string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        if (bytes.Length < 127)
        {
            block.Add((byte)bytes.Length);
        }
        else
        {
            block.Add(127);
            var rest = bytes.Length - 127;
            for (; rest >= 128; rest >>= 7)
            {
                block.Add((byte)(rest | 128));
            }

            block.Add((byte)rest);
        }

        block.AddRange(bytes);
    }
}
