using System.Diagnostics.Metrics;

namespace Loom.Journal.Blobs;

/// <summary>Instruments of the blobs, which all stores of a process share.</summary>
internal static class BlobMetrics
{
    private static readonly Meter Meter = new("Loom.Blobs");
    private static readonly Counter<long> Puts = Meter.CreateCounter<long>("loom.blobs.puts", "{blob}", "Blobs stored.");
    private static readonly Counter<long> PutBytes = Meter.CreateCounter<long>("loom.blobs.written", "By", "Bytes of the blobs stored.");

    public static Counter<long> Hits { get; } = Meter.CreateCounter<long>("loom.blobs.cache.hits", "{read}", "Reads of blobs answered from memory.");

    public static Counter<long> Misses { get; } = Meter.CreateCounter<long>("loom.blobs.cache.misses", "{read}", "Reads of blobs that went to the store.");

    public static Counter<long> Evictions { get; } = Meter.CreateCounter<long>("loom.blobs.cache.evictions", "{blob}", "Blobs put out of memory to make room.");

    public static UpDownCounter<long> CachedBytes { get; } = Meter.CreateUpDownCounter<long>("loom.blobs.cache.held", "By", "Bytes of blobs held in memory.");

    public static void Put(int bytes)
    {
        Puts.Add(1);
        PutBytes.Add(bytes);
    }
}
