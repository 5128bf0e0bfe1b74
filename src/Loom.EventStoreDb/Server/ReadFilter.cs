using System.Text.RegularExpressions;
using Loom.Core;
using Loom.EventStoreDb.Grpc;
using Loom.EventStoreDb.Protocol.Streams;

namespace Loom.EventStoreDb.Server;

/// <summary>Which events of <c>$all</c> a caller wants, by stream name or type, by prefix or expression.</summary>
internal sealed class ReadFilter
{
    private const int DefaultWindow = 32;
    private const int MaxExpression = 4096;
    private const int MaxPrefixes = 1000;
    private static readonly TimeSpan MatchWithin = TimeSpan.FromMilliseconds(250);

    private readonly bool _byStream;
    private readonly string[] _prefixes;
    private readonly Regex? _regex;
    private readonly bool _notSystem;
    private readonly bool _metadataToo;

    private ReadFilter(bool byStream, string[] prefixes, Regex? regex, bool notSystem, long interval, bool metadataToo = false) =>
        (_byStream, _prefixes, _regex, _notSystem, CheckpointInterval, _metadataToo) = (byStream, prefixes, regex, notSystem, interval, metadataToo);

    /// <summary>What Loom's client asks for: all but system streams, and of those the metadata of others.</summary>
    public const string AllButSystem = @"^([^\$]|\$\$[^\$])";

    /// <summary>After how many events looked at a subscription says where it is.</summary>
    public long CheckpointInterval { get; }

    /// <exception cref="GrpcException">It names nothing to match, has no window, or its expression is none.</exception>
    public static ReadFilter Parse(ReadReq.Types.Options.Types.FilterOptions filter, bool isSubscription)
    {
        var byStream = filter.FilterCase == ReadReq.Types.Options.Types.FilterOptions.FilterOneofCase.StreamIdentifier;
        var expression = byStream ? filter.StreamIdentifier : filter.EventType;
        if (expression is null || filter.WindowCase == ReadReq.Types.Options.Types.FilterOptions.WindowOneofCase.None)
        {
            throw Wire.Invalid("A filter names stream_identifier or event_type, and a window.");
        }

        if (isSubscription && filter.CheckpointIntervalMultiplier == 0)
        {
            throw Wire.Invalid("A filtered subscription's checkpoint interval multiplier is 1 or more.");
        }

        var window = filter.WindowCase == ReadReq.Types.Options.Types.FilterOptions.WindowOneofCase.Max ? Math.Max(1, filter.Max) : DefaultWindow;
        var interval = Math.Max(1, (long)window * filter.CheckpointIntervalMultiplier);
        if (expression.Prefix.Count > MaxPrefixes)
        {
            throw Wire.Invalid($"A filter has at most {MaxPrefixes} prefixes.");
        }

        if (expression.Regex.Length == 0)
        {
            return new ReadFilter(byStream, [.. expression.Prefix], null, notSystem: false, interval);
        }

        if (byStream && expression.Regex == AllButSystem)
        {
            return new ReadFilter(byStream, [], null, notSystem: true, interval, metadataToo: true);
        }

        // What all clients send to leave system events out needs no expression.
        return expression.Regex is @"^[^\$].*" or @"^[^$].*" or @"^[^\$]" or "^[^$]"
            ? new ReadFilter(byStream, [], null, notSystem: true, interval)
            : new ReadFilter(byStream, [], Compile(expression.Regex), notSystem: false, interval);
    }

    /// <exception cref="GrpcException">The expression takes too long on this text.</exception>
    public bool Matches(RecordedEvent e)
    {
        var text = _byStream ? e.Stream.Value : e.Type;
        if (_notSystem)
        {
            return text.Length > 0 && (text[0] != '$' || (_metadataToo && text is ['$', '$', not '$', ..]));
        }

        if (_regex is null)
        {
            return Array.Exists(_prefixes, p => text.StartsWith(p, StringComparison.Ordinal));
        }

        try
        {
            return _regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            throw Wire.Invalid($"The filter's expression took longer than {MatchWithin.TotalMilliseconds} ms on one name. Simplify it.");
        }
    }

    // Linear time where the expression allows it; else bounded by the clock.
    private static Regex Compile(string pattern)
    {
        if (pattern.Length > MaxExpression)
        {
            throw Wire.Invalid($"A filter's expression has at most {MaxExpression} characters.");
        }

        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, MatchWithin);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, MatchWithin);
        }
        catch (ArgumentException e)
        {
            throw Wire.Invalid($"The filter's expression cannot be read: {e.Message}");
        }
    }
}
