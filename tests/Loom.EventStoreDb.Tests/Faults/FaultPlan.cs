namespace Loom.EventStoreDb.Tests.Faults;

/// <summary>What happens to a connection.</summary>
internal enum Fault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Both ends are reset; what was under way is lost.</summary>
    Reset,

    /// <summary>Both ends see an orderly end, wherever the bytes were.</summary>
    Truncate,

    /// <summary>One direction ends in order, the other goes on.</summary>
    HalfClose,

    /// <summary>One direction stands still for a while, longer or shorter than callers wait, and then everything arrives after all.</summary>
    Pause,

    /// <summary>From here on a direction's bytes are lost; after a while the connection is reset.</summary>
    Swallow,

    /// <summary>A direction carries a few bytes at a time.</summary>
    Dribble,
}

/// <summary>One connection's fate.</summary>
/// <param name="Fault">What happens.</param>
/// <param name="ToServer">In which direction.</param>
/// <param name="After">After how many bytes; or, with <paramref name="Headers"/>, of that frame.</param>
/// <param name="Headers">Null, or in which HEADERS frame of that direction, from 1.</param>
/// <param name="Milliseconds">How long a pause lasts.</param>
internal sealed record FaultPlan(Fault Fault, bool ToServer, long After, int? Headers, int Milliseconds);

/// <summary>Draws the plans of a run's connections; after so many faults the rest is carried faithfully, so that every run ends.</summary>
internal sealed class FaultPlans(int seed, int most)
{
    private static readonly Fault[] Kinds = [Fault.Reset, Fault.Reset, Fault.Truncate, Fault.Truncate, Fault.HalfClose, Fault.Pause, Fault.Pause, Fault.Swallow, Fault.Dribble];

    private readonly Random _random = new(seed);
    private readonly Lock _gate = new();
    private int _left = most;

    public FaultPlan Next()
    {
        lock (_gate)
        {
            if (_left == 0)
            {
                return new FaultPlan(Fault.None, false, 0, null, 0);
            }

            _left--;
            var toServer = _random.Next(2) == 0;
            var inHeaders = _random.Next(3) == 0;
            return new FaultPlan(
                Kinds[_random.Next(Kinds.Length)],
                toServer,
                inHeaders ? _random.Next(1, 20) : _random.Next(20, 12_000),
                inHeaders ? _random.Next(1, 8) : null,
                _random.Next(1, 400));
        }
    }
}

/// <summary>Looks through a direction's HTTP/2 for the place of a fault.</summary>
internal sealed class FaultPlace(FaultPlan plan)
{
    private const int Preface = 24;
    private const int HeaderBytes = 9;
    private const byte Headers = 1;

    private readonly byte[] _header = new byte[HeaderBytes];
    private long _seen;
    private int _skip = plan.ToServer ? Preface : 0;
    private int _inHeader;
    private int _left;
    private int _headers;

    /// <summary>How many of these bytes come before the fault; null when all do.</summary>
    public int? Find(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            if (plan.Headers is null ? _seen++ == plan.After : IsIn(bytes[i]))
            {
                return i;
            }
        }

        return null;
    }

    // Whether this byte is the one at which a fault within a HEADERS frame happens.
    private bool IsIn(byte b)
    {
        if (_skip > 0)
        {
            _skip--;
        }
        else if (_left > 0)
        {
            _left--;
            return _header[3] == Headers && _headers == plan.Headers && (_seen++ == plan.After || _left == 0);
        }
        else
        {
            _header[_inHeader++] = b;
            if (_inHeader == HeaderBytes)
            {
                _inHeader = 0;
                _left = (_header[0] << 16) | (_header[1] << 8) | _header[2];
                _headers += _header[3] == Headers ? 1 : 0;
            }
        }

        return false;
    }
}
