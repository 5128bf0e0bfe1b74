namespace Loom.Runtime;

/// <summary>A command in a mailbox, and the promise of its reply. A null reply means: the activation ended before it was decided.</summary>
internal sealed class Envelope(ActorCommand command, CancellationToken cancellation)
    : TaskCompletionSource<CommandReply?>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public ActorCommand Command { get; } = command;

    public CancellationToken Cancellation { get; } = cancellation;
}

/// <summary>What a mailbox said to a command.</summary>
internal enum Offer
{
    /// <summary>It waits for its turn.</summary>
    Posted,

    /// <summary>Too many wait already.</summary>
    Full,

    /// <summary>The activation has ended or is about to: wait for its end and take a fresh one.</summary>
    Ended,
}

/// <summary>The life of an activation.</summary>
internal enum ActivationStage
{
    /// <summary>Made, holding nothing yet.</summary>
    Created,

    /// <summary>Getting its lease and its state.</summary>
    Loading,

    /// <summary>Deciding commands, one at a time.</summary>
    Ready,

    /// <summary>Taking no more commands, giving back what it holds.</summary>
    Ending,

    /// <summary>Gone.</summary>
    Ended,
}
