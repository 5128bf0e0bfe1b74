using Loom.Core;

namespace Loom.Runtime;

/// <summary>What to look for in the directory. Results come newest change first.</summary>
public sealed record DirectoryQuery
{
    /// <summary>Only this actor type; null for all.</summary>
    public string? Type { get; init; }

    /// <summary>Only this state label; null for all.</summary>
    public string? Label { get; init; }

    /// <summary>Only actors whose name contains this, whatever the case; null for all.</summary>
    public string? Text { get; init; }

    /// <summary>Only actors whose last link names this module; null for all.</summary>
    public MachineId? Module { get; init; }

    /// <summary>How many matches to skip.</summary>
    public int Skip { get; init; }

    /// <summary>How many to return, at most 1,000.</summary>
    public int Take { get; init; } = 50;
}

/// <summary>An actor as the directory knows it.</summary>
/// <param name="Actor">Who.</param>
/// <param name="Label">Its state's label; empty when the machine gives none.</param>
/// <param name="Revision">Its last revision.</param>
/// <param name="Transitions">How many transitions it has made.</param>
/// <param name="ActorType"><c>TYPE@VERSION</c> of its last link.</param>
/// <param name="Created">When it was born.</param>
/// <param name="Changed">When it last changed.</param>
public sealed record DirectoryEntry(ActorId Actor, string Label, long Revision, long Transitions, string ActorType, Timestamp Created, Timestamp Changed)
{
    /// <summary>The module that its last link names; null for an actor of a C# machine.</summary>
    public MachineId? Module { get; init; }
}

/// <summary>A page of matches.</summary>
/// <param name="Entries">The matches of this page, newest change first.</param>
/// <param name="Total">How many match in all.</param>
/// <param name="Lag">How far the directory is behind the journal.</param>
public sealed record DirectoryPage(IReadOnlyList<DirectoryEntry> Entries, int Total, DirectoryLag Lag);

/// <summary>How many actors there are.</summary>
/// <param name="Type">The actor type.</param>
/// <param name="Label">The state label.</param>
/// <param name="Actors">How many have it.</param>
public sealed record DirectoryCount(string Type, string Label, int Actors);

/// <summary>How far the directory is behind the journal.</summary>
/// <param name="Position">Position of the last event it has taken in; null at the start.</param>
/// <param name="Head">Position of the journal's last event when this was read; null for an empty journal.</param>
/// <param name="CaughtUp">Whether it has everything that was durable at some moment since its last event.</param>
/// <param name="Progress">From 0 to 1: how much of the journal is taken in, by position.</param>
/// <param name="Behind">For how long the oldest event that is not taken in has been there, or zero when caught up.</param>
public sealed record DirectoryLag(ulong? Position, ulong? Head, bool CaughtUp, double Progress, TimeSpan Behind);
