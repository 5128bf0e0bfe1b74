using System.Diagnostics;
using System.Globalization;
using System.Net.NetworkInformation;
using System.Text.Json.Nodes;
using Loom.Journal;

namespace Loom.EventStoreDb.Server;

/// <summary>One figure: its name as a path, its value, and what a chart calls it.</summary>
internal sealed record StatsFigure(string[] Path, JsonValue Value, string? Title = null);

/// <summary>
/// What this process, its machine and the journal's disk are doing, under the names that EventStoreDB gives to such figures. What is not known
/// here is left out. Thread-safe.
/// </summary>
internal sealed class StatsFigures(IJournal journal, TimeProvider time)
{
    private static readonly TimeSpan AtLeast = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Sample? _last;
    private Rates _rates;

    /// <summary>The figures of now; rates are over the time since somebody asked before, at least a second.</summary>
    public async Task<List<StatsFigure>> ReadAsync(int port, CancellationToken cancellationToken)
    {
        var figures = new List<StatsFigure>();
        using (var process = Process.GetCurrentProcess())
        {
            AddProcess(figures, process);
        }

        AddMemoryManagement(figures);
        AddDiskIo(figures);
        Add(figures, ["proc", "tcp", "connections"], Connections(port));
        AddMachine(figures);
        if (journal is SegmentedJournal files)
        {
            AddDrive(figures, files.Directory);
        }

        Add(figures, ["es", "checksum"], await journal.LastPositionAsync(cancellationToken).ConfigureAwait(false) ?? 0);
        return figures;
    }

    private void AddProcess(List<StatsFigure> figures, Process process)
    {
        var rates = Measure(process);
        Add(figures, ["proc", "startTime"], process.StartTime.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture));
        Add(figures, ["proc", "id"], process.Id);
        Add(figures, ["proc", "mem"], process.WorkingSet64, "Process Memory");
        Add(figures, ["proc", "cpu"], rates.Processor, "Process Cpu Usage");
        Add(figures, ["proc", "threadsCount"], process.Threads.Count, "Threads");
        Add(figures, ["proc", "contentionsRate"], rates.Contentions, "Lock Contentions per Second");
        Add(figures, ["proc", "gc", "allocationSpeed"], rates.Allocated, "Bytes Allocated per Second");
    }

    private static void AddMemoryManagement(List<StatsFigure> figures)
    {
        var info = GC.GetGCMemoryInfo();
        Add(figures, ["proc", "gc", "fragmentation"], info.HeapSizeBytes == 0 ? 0 : 100.0 * info.FragmentedBytes / info.HeapSizeBytes, "Heap Fragmentation in Percent");
        for (var generation = 0; generation <= 2; generation++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"gen{generation}");
            Add(figures, ["proc", "gc", name + "ItemsCount"], GC.CollectionCount(generation), string.Create(CultureInfo.InvariantCulture, $"Number of Gen {generation} Collections"));
            Add(figures, ["proc", "gc", name + "Size"], info.GenerationInfo[generation].SizeAfterBytes, string.Create(CultureInfo.InvariantCulture, $"Size of Gen {generation}"));
        }

        Add(figures, ["proc", "gc", "largeHeapSize"], info.GenerationInfo[3].SizeAfterBytes, "Size of the Large Object Heap");
        Add(figures, ["proc", "gc", "timeInGc"], info.PauseTimePercentage, "Time in GC in Percent");
        Add(figures, ["proc", "gc", "totalBytesInHeaps"], GC.GetTotalMemory(forceFullCollection: false), "Bytes in all Heaps");
    }

    private static void AddDiskIo(List<StatsFigure> figures)
    {
        foreach (var (key, name) in new[] { ("read_bytes", "readBytes"), ("write_bytes", "writtenBytes"), ("syscr", "readOps"), ("syscw", "writeOps") })
        {
            if (LinuxFile.Number("/proc/self/io", key + ":") is { } number)
            {
                Add(figures, ["proc", "diskIo", name], number);
            }
        }
    }

    private static void AddMachine(List<StatsFigure> figures)
    {
        if (LinuxFile.Words("/proc/loadavg") is [var one, var five, var fifteen, ..])
        {
            foreach (var (name, text) in new[] { ("1m", one), ("5m", five), ("15m", fifteen) })
            {
                Add(figures, ["sys", "loadavg", name], double.Parse(text, CultureInfo.InvariantCulture));
            }
        }

        if (LinuxFile.Number("/proc/meminfo", "MemAvailable:") is { } free)
        {
            Add(figures, ["sys", "freeMem"], free * 1024, "Free Memory");
        }

        Add(figures, ["sys", "totalMem"], GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, "Memory");
    }

    private static void AddDrive(List<StatsFigure> figures, string folder)
    {
        var drive = new DriveInfo(folder);
        var (total, free) = (drive.TotalSize, drive.AvailableFreeSpace);
        Add(figures, ["sys", "drive", folder, "availableBytes"], free);
        Add(figures, ["sys", "drive", folder, "totalBytes"], total);
        Add(figures, ["sys", "drive", folder, "usage"], string.Create(CultureInfo.InvariantCulture, $"{(total == 0 ? 0 : 100 * (total - free) / total)}%"));
        Add(figures, ["sys", "drive", folder, "usedBytes"], total - free);
    }

    private static int Connections(int port) => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
        .Count(c => c.State == TcpState.Established && c.LocalEndPoint.Port == port);

    private Rates Measure(Process process)
    {
        var now = new Sample(time.GetTimestamp(), process.TotalProcessorTime, Monitor.LockContentionCount, GC.GetTotalAllocatedBytes());
        lock (_gate)
        {
            if (_last is not { } last)
            {
                _last = now;
            }
            else if (time.GetElapsedTime(last.At, now.At) is var past && past >= AtLeast)
            {
                var seconds = past.TotalSeconds;
                _rates = new Rates(
                    100 * (now.Processor - last.Processor).TotalSeconds / seconds / Environment.ProcessorCount,
                    (now.Contentions - last.Contentions) / seconds,
                    (now.Allocated - last.Allocated) / seconds);
                _last = now;
            }

            return _rates;
        }
    }

    private static void Add<T>(List<StatsFigure> figures, string[] path, T value, string? title = null) =>
        figures.Add(new StatsFigure(path, JsonValue.Create(value)!, title));

    private sealed record Sample(long At, TimeSpan Processor, long Contentions, long Allocated);

    /// <summary>Percent of all processors; per second; bytes per second. 0 until there are two samples.</summary>
    private readonly record struct Rates(double Processor, double Contentions, double Allocated);
}
