namespace Loom.Web.Data;

/// <summary>The actor directory, as its projection has it (so it may lag; <see cref="ActorPage.Lag"/> says by how much).</summary>
public interface IActors
{
    /// <summary>One page of the actors that match. Cheap at 100,000 actors.</summary>
    Task<ActorPage> FindAsync(ActorQuery query, CancellationToken cancellationToken);

    /// <summary>Every registered actor type with its number of actors, and the state labels met so far.</summary>
    Task<IReadOnlyList<ActorTypeSummary>> TypesAsync(CancellationToken cancellationToken);
}

/// <summary>What to look for. Every member narrows; null or empty does not.</summary>
/// <param name="Text">Part of the stream's name, case ignored.</param>
/// <param name="Type">An actor type's name.</param>
/// <param name="Label">A state label, exactly.</param>
/// <param name="Order">Order of the rows.</param>
/// <param name="Skip">Rows to leave out at the start.</param>
/// <param name="Take">Rows wanted, at most 200.</param>
public sealed record ActorQuery(string? Text, string? Type, string? Label, ActorOrder Order, int Skip, int Take)
{
    /// <summary>The hash, hex, of the module that made an actor's last transition.</summary>
    public string? Module { get; init; }
}

/// <summary>Order of a list of actors.</summary>
public enum ActorOrder
{
    /// <summary>Latest change first.</summary>
    Changed,

    /// <summary>Stream name, ordinal.</summary>
    Name,

    /// <summary>Longest history first.</summary>
    Length,
}

/// <summary>One page of actors.</summary>
/// <param name="Rows">The page.</param>
/// <param name="Total">How many match in all.</param>
/// <param name="Lag">Events that the directory has not seen yet.</param>
public sealed record ActorPage(IReadOnlyList<ActorRow> Rows, long Total, long Lag);

/// <summary>One actor in a list.</summary>
/// <param name="Stream">The stream, TYPE-ID.</param>
/// <param name="Type">The actor type's name.</param>
/// <param name="Version">The type's version at the last transition.</param>
/// <param name="Label">The state's label; may be empty.</param>
/// <param name="Transitions">Number of transitions.</param>
/// <param name="Revision">Revision of the last event.</param>
/// <param name="LastCommand">Type of the last command.</param>
/// <param name="Changed">When the last transition was decided.</param>
public sealed record ActorRow(
    string Stream, string Type, int Version, string Label, long Transitions, long Revision, string LastCommand, DateTimeOffset Changed);

/// <summary>An actor type in numbers.</summary>
/// <param name="Name">The type's name.</param>
/// <param name="Version">Its registered version.</param>
/// <param name="Machine">What decides, for example <c>dotnet:account@1</c>.</param>
/// <param name="Actors">Actors in the directory.</param>
/// <param name="Labels">State labels with their number of actors, most first.</param>
public sealed record ActorTypeSummary(string Name, int Version, string Machine, long Actors, IReadOnlyList<LabelCount> Labels);

/// <summary>A state label and how many actors have it.</summary>
public sealed record LabelCount(string Label, long Actors);
