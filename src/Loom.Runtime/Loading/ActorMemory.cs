using Loom.Core;

namespace Loom.Runtime;

/// <summary>What an activation knows of its stream.</summary>
internal sealed class ActorMemory(CommandIndex commands)
{
    public MachineState? State { get; set; }

    /// <summary>The last link; null before birth.</summary>
    public Link? Head { get; set; }

    public CommandIndex Commands { get; } = commands;

    /// <summary>Transitions since the last snapshot.</summary>
    public int SinceSnapshot { get; set; }

    public long Revision => Head?.LastRevision ?? -1;

    /// <summary>Takes in a transition that this activation itself made durable.</summary>
    public void Advance(Link link, MachineState state)
    {
        Head = link;
        State = state;
        Commands.Add(link.Command.Id.Value, link.LastRevision);
        SinceSnapshot++;
    }
}
