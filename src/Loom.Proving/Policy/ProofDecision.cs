using Loom.Core;

namespace Loom.Proving;

/// <summary>What a policy says of a transition.</summary>
/// <param name="Prove">Whether it is to be proven.</param>
/// <param name="Reason">Why, for people; part of the journaled decision.</param>
public sealed record ProofDecision(bool Prove, string Reason);

/// <summary>What a policy looks at: nothing but what the transition's link commits to.</summary>
/// <param name="Transition">The transition.</param>
/// <param name="Command">The command's body; null when it cannot be had.</param>
public sealed record ProofSubject(Transition Transition, ReadOnlyMemory<byte>? Command);
