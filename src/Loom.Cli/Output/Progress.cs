using System.Globalization;

namespace Loom.Cli.Output;

/// <summary>Progress of long work, on standard error: one line rewritten in place on a terminal; elsewhere a line per ten percent of what takes longer
/// than a moment.</summary>
internal sealed class Progress(Invocation invocation, string what, string unit) : IDisposable
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private long _drawn;
    private int _tenths;
    private bool _inPlace;

    public void Report(long done, long total)
    {
        if (invocation.Json)
        {
            return;
        }

        var fraction = total <= 0 ? 0 : Math.Clamp((double)done / total, 0, 1);
        if (invocation.ErrorIsTerminal)
        {
            if (done < total && _drawn != 0 && _time.GetElapsedTime(_drawn) < Redraw)
            {
                return;
            }

            _drawn = _time.GetTimestamp();
            _inPlace = true;
            var filled = (int)(fraction * 30);
            invocation.Error.Write($"\r{what} {new string('━', filled)}{new string('─', 30 - filled)} {Count(done)} of {Count(total)} {unit}, {Rate(done)}/s ");
        }
        else if ((int)(fraction * 10) > _tenths && _time.GetElapsedTime(_started) > Moment)
        {
            _tenths = (int)(fraction * 10);
            invocation.Error.WriteLine($"{what}: {Count(done)} of {Count(total)} {unit} ({fraction:P0})");
        }
    }

    public void Dispose()
    {
        if (_inPlace)
        {
            invocation.Error.WriteLine();
        }
    }

    private string Rate(long done)
    {
        var seconds = _time.GetElapsedTime(_started).TotalSeconds;
        return Count(seconds > 0 ? (long)(done / seconds) : 0);
    }

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
