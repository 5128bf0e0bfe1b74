using Loom.Core;

namespace Loom.EventStoreDb.Tests.Messages;

/// <summary>Events of every shape: names of one to four bytes a character, empty bodies, numbers at their ends.</summary>
internal sealed class RandomEvents(Random random)
{
    private static readonly string[] Letters = ["a", "Z", "9", "-", "ü", "€", "日", "😀", "\u007F", "\0"];

    public StreamName Stream() => StreamName.TryParse(Text(random.Next(8) == 0 ? StreamName.MaxLength / 2 : 20), out var name) ? name : StreamName.Parse("plain");

    public EventData Proposed() => new(Id(), Text(random.Next(8) == 0 ? 200 : 12), Kind(), Bytes(), Bytes());

    public RecordedEvent Recorded() => new(
        Stream(), random.Next(6) == 0 ? long.MaxValue : random.NextInt64(1L << random.Next(1, 62)), Position(), Id(), Text(12), Kind(), Bytes(), Bytes(),
        random.Next(6) == 0 ? DateTimeOffset.MinValue : new DateTimeOffset(random.NextInt64(DateTime.MaxValue.Ticks), TimeSpan.Zero));

    public ulong Position() => random.Next(6) == 0 ? ulong.MaxValue : (ulong)random.NextInt64(1L << random.Next(1, 62));

    public Guid Id()
    {
        var bytes = new byte[16];
        random.NextBytes(bytes.AsSpan(random.Next(4) == 0 ? 8 : 0, 8));
        random.NextBytes(bytes.AsSpan(0, 4));
        bytes[0] |= 1;
        return new Guid(bytes);
    }

    private string Kind() => random.Next(2) == 0 ? EventData.Json : EventData.Binary;

    private string Text(int longest) => string.Concat(Enumerable.Range(0, random.Next(1, longest)).Select(_ => Letters[random.Next(Letters.Length)]));

    private byte[] Bytes()
    {
        var bytes = new byte[random.Next(4) == 0 ? 0 : random.Next(20) == 0 ? random.Next(40_000) : random.Next(300)];
        random.NextBytes(bytes);
        return bytes;
    }
}
