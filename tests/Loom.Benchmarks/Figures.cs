using System.Diagnostics;
using System.Globalization;
using Loom.Journal.Embedded;

namespace Loom.Benchmarks;

/// <summary>What every benchmark prints and measures beside its own figure.</summary>
internal static class Figures
{
    public static void Line(this TextWriter output, FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>How often a second this disk syncs 4 KiB right now: what any durable rate of the same minute stands beside.</summary>
    public static double FsyncRate(string folder, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, "fsync.probe");
        Directory.CreateDirectory(folder);
        try
        {
            using var file = LocalDisk.Instance.Open(path, DiskAccess.ReadWrite);
            var block = new byte[4096];
            var clock = Stopwatch.StartNew();
            var count = 0;
            for (; clock.Elapsed < TimeSpan.FromSeconds(1); count++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                file.Write((long)count * block.Length, block);
                file.Sync();
            }

            return count / clock.Elapsed.TotalSeconds;
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The value below which the share <paramref name="p"/> of the sorted values lies.</summary>
    public static double Percentile(this List<double> sorted, double p) => sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * p))];
}
