namespace Loom.Proving;

/// <summary>When the transitions of an actor type are proven.</summary>
public enum ProofMode
{
    /// <summary>Never; a request is refused.</summary>
    Never,

    /// <summary>When somebody asks for it.</summary>
    OnDemand,

    /// <summary>When a condition on the transition holds; others on demand.</summary>
    When,

    /// <summary>Every one.</summary>
    Always,
}
