using Loom.Testing;

namespace Loom.E2E.Started;

/// <summary>A story with real proofs: it needs the browser and the prover's program, and is skipped with the command that provides what is absent.</summary>
public sealed class ProverStoryAttribute : FactAttribute
{
    public ProverStoryAttribute() =>
        Skip = new ProgramFactAttribute(Console.Chromium, "chromium").Skip ?? new ProverFactAttribute().Skip;
}
