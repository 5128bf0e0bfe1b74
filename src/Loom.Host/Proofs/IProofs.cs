using Loom.Runtime;

namespace Loom.Hosting.Proofs;

/// <summary>Proving as the rest of the host sees it; a host that proves nothing has none, and loads nothing for it.</summary>
internal interface IProofs
{
    /// <summary>Looks at modules before they are registered or used.</summary>
    IModuleGate Gate { get; }

    /// <summary>Starts deciding and proving; once is enough.</summary>
    void Start();

    /// <summary>Stops both; what a remote prover works on goes on there.</summary>
    ValueTask StopAsync();
}
