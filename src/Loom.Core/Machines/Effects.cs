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

/// <summary>
/// The body of an <see cref="EffectKind.Activity"/> event: <c>{"activity":NAME,"data":BODY}</c>. The host does it at least once, with the event's
/// id as the idempotency key, and the same actor gets one outcome from principal <c>loom:runtime</c>:
/// <c>loom.activityCompleted</c> with <c>{"activity":NAME,"data":BODY,"effect":EVENTID,"result":RESULT}</c> (and <c>"evidence":SHA256</c>, where the
/// activity gave any), or, when it was given up, <c>loom.activityFailed</c> with
/// <c>{"activity":NAME,"attempts":N,"code":CODE,"data":BODY,"effect":EVENTID,"message":TEXT}</c>.
/// </summary>
/// <param name="Activity">Its name, as registered with the host.</param>
/// <param name="Data">What it is given, and handed back as it is.</param>
public sealed record ActivityEffect(string Activity, JsonElement Data);
