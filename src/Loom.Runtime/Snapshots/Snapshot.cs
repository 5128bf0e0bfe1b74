using Loom.Core;

namespace Loom.Runtime;

/// <summary>A state kept to load faster: of one link, made by one machine.</summary>
/// <param name="Link">The link after which it stands.</param>
/// <param name="LastRevision">That link's last revision.</param>
/// <param name="Machine">The machine whose form the state has.</param>
/// <param name="State">The state's bytes.</param>
/// <param name="Commands">The stream's command ids with the last revisions of their transitions, oldest first.</param>
internal sealed record Snapshot(
    Digest Link, long LastRevision, MachineId Machine, ReadOnlyMemory<byte> State, IReadOnlyList<KeyValuePair<string, long>> Commands);
