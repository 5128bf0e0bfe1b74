namespace Loom.Runtime;

/// <summary>Mistakes that the simulation plants to show that it would find them. Never set outside tests.</summary>
internal enum PlantedBug
{
    None,

    /// <summary>Append whatever the stream holds.</summary>
    DropExpectedRevision,

    /// <summary>Answer before the append is durable.</summary>
    AcknowledgeEarly,

    /// <summary>Do a command again that was done before.</summary>
    ApplyDuplicate,

    /// <summary>Take the last link's fence instead of one above it.</summary>
    ReuseFence,

    /// <summary>Forget where the effects were after a restart.</summary>
    LoseCursor,
}
