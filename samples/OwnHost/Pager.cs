using Loom.Runtime;

namespace Loom.Samples.OwnHost;

/// <summary>Where help is wanted.</summary>
public sealed record Call(string From);

/// <summary>Who comes.</summary>
public sealed record Attendant(string Name);

/// <summary>
/// An activity: a machine cannot reach out of its stream, so it asks the host, and the host does it at least once and tells the machine what came
/// of it, once. This one writes a line to a file for the attendants, and waits until one of them writes his name into the file <c>KEY.answer</c>.
/// </summary>
internal static class Pager
{
    public const string PageAttendant = "page-attendant";

    /// <summary>The folder of the attendants; the variable <c>TURNSTILE_PAGER</c>, else <c>pager</c>.</summary>
    private static string Folder => Environment.GetEnvironmentVariable("TURNSTILE_PAGER") ?? "pager";

    public static void Register(ActivityRegistry activities) => activities.Register(
        PageAttendant, TurnstileJson.Default.Call, TurnstileJson.Default.Attendant, PageAsync,
        new ActivityPolicy { MaxAttempts = 5, Timeout = TimeSpan.FromMinutes(1) });

    private static async Task<Attendant> PageAsync(Call call, ActivityCall attempt, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Folder);

        // It may be the second time for this call (after a crash, or a page that nobody answered): the key tells the attendants.
        await File.AppendAllTextAsync(Path.Combine(Folder, "pages.txt"), $"{attempt.IdempotencyKey} {call.From} needs help\n", cancellationToken);
        var answer = Path.Combine(Folder, $"{attempt.IdempotencyKey}.answer");
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!File.Exists(answer))
        {
            await look.WaitForNextTickAsync(cancellationToken);
        }

        return new Attendant((await File.ReadAllTextAsync(answer, cancellationToken)).Trim());
    }
}
