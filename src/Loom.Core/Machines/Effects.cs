using System.Text.Json;

namespace Loom.Core;

/// <summary>The body of a <see cref="EffectKind.Send"/> event: <c>{"command":TYPE,"data":BODY,"to":ACTOR}</c>.</summary>
/// <param name="To">The actor that gets the command.</param>
/// <param name="Command">The command's name.</param>
/// <param name="Data">Its body.</param>
public sealed record SendEffect(string To, string Command, JsonElement Data);

/// <summary>
/// The body of a <see cref="EffectKind.Timer"/> event: <c>{"data":BODY,"due":TIME}</c>. When due, the same actor gets the command
/// <c>loom.timerFired</c> with body <c>{"data":BODY,"due":TIME,"effect":EVENTID}</c> from principal <c>loom:runtime</c>.
/// </summary>
/// <param name="Due">When, in the form of <see cref="Timestamp"/>.</param>
/// <param name="Data">Handed back as it is.</param>
public sealed record TimerEffect(string Due, JsonElement Data);
