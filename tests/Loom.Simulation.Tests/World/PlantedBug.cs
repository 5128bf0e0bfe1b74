namespace Loom.Simulation.Tests;

/// <summary>
/// Mistakes that the simulation plants to show that it would find them. They sit in the simulated journal, in the options and in the rule
/// of fences that a host is given; the product has no switch for them.
/// </summary>
internal enum PlantedBug
{
    None,

    /// <summary>Append whatever the stream holds.</summary>
    DropExpectedRevision,

    /// <summary>Answer before the append is durable.</summary>
    AcknowledgeEarly,

    /// <summary>Remember no command ids, so a repeated command is done again.</summary>
    ApplyDuplicate,

    /// <summary>Take the last link's fence instead of one above it.</summary>
    ReuseFence,

    /// <summary>Go on with the effects at the journal's end after a restart, as if everything before were done.</summary>
    LoseCursor,

    /// <summary>Do not see that an activity has its outcome.</summary>
    ForgetOutcomes,
}
