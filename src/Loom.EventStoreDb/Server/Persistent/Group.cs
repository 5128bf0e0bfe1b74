using System.Globalization;
using Loom.Core;
using Loom.EventStoreDb.Protocol.Streams;
using FilterOptions = Loom.EventStoreDb.Protocol.Streams.ReadReq.Types.Options.Types.FilterOptions;

namespace Loom.EventStoreDb.Server.Persistent;

/// <summary>Which group: of a stream, or of everything, by its name.</summary>
/// <param name="Stream">The stream; null for <c>$all</c>.</param>
/// <param name="Name">The group's name.</param>
internal readonly record struct GroupKey(StreamName? Stream, string Name)
{
    public const string All = "$all";

    public string Source => Stream?.Value ?? All;

    public override string ToString() => $"{Source}::{Name}";
}

/// <summary>Which events of <c>$all</c> a group wants.</summary>
internal sealed record GroupFilter(bool ByStream, string Regex, IReadOnlyList<string> Prefixes)
{
    public ReadFilter Compile()
    {
        var expression = new FilterOptions.Types.Expression { Regex = Regex, Prefix = { Prefixes } };
        var options = new FilterOptions { Count = Wire.Empty };
        if (ByStream)
        {
            options.StreamIdentifier = expression;
        }
        else
        {
            options.EventType = expression;
        }

        return ReadFilter.Parse(options, isSubscription: false);
    }
}

/// <summary>A group as it is configured now.</summary>
/// <param name="Id">Where it was created in <c>loom.subscriptions</c>: a group of the same name made later is another one.</param>
/// <param name="Version">Where it was last changed there.</param>
/// <param name="Key">Its name.</param>
/// <param name="Settings">What was chosen.</param>
/// <param name="After">It begins with what follows this revision (of <c>$all</c>: position); null for the start. Once there is a checkpoint, that counts.</param>
/// <param name="StartFrom">What was asked for, in the protocol's words.</param>
/// <param name="Filter">Null lets everything through.</param>
internal sealed record Group(long Id, long Version, GroupKey Key, GroupSettings Settings, ulong? After, string StartFrom, GroupFilter? Filter)
{
    public bool IsAll => Key.Stream is null;

    /// <summary>Where the event stands in what this group follows.</summary>
    public ulong Mark(RecordedEvent e) => IsAll ? e.Position : (ulong)e.Revision;

    /// <summary>A place in the protocol's words.</summary>
    public string Text(ulong? mark) =>
        mark is not { } at ? "" : IsAll ? string.Create(CultureInfo.InvariantCulture, $"C:{at}/P:{at}") : at.ToString(CultureInfo.InvariantCulture);
}
