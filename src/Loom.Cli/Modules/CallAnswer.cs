using System.Text;
using System.Text.Json;
using Loom.Core;
using Loom.Wasm;

namespace Loom.Cli.Modules;

/// <summary>How a call ended, read for people and for comparison.</summary>
/// <param name="Status"><c>accepted</c>, <c>rejected</c> or <c>failed</c>.</param>
/// <param name="State">The new state, as the module gave it; of a rejection its JSON.</param>
/// <param name="Events">The events, as the module gave them.</param>
/// <param name="ExitCode">The exit code of the ABI; null when a limit ended the call.</param>
/// <param name="Reason">Why it failed, or null.</param>
/// <param name="Remedy">What to do about the failure, or null.</param>
/// <param name="Fuel">Units of fuel used.</param>
internal sealed record CallAnswer(string Status, byte[] State, byte[] Events, int? ExitCode, string? Reason, string? Remedy, long Fuel)
{
    public const string Accepted = "accepted";
    public const string Rejected = "rejected";
    public const string Failed = "failed";

    public static CallAnswer Of(MachineRun run)
    {
        if (run.Trap is { } trap)
        {
            return new CallAnswer(Failed, [], [], run.ExitCode, $"{trap.Kind}: {Printable.Text(trap.Message)}", RemedyOf(trap.Kind), run.FuelUsed);
        }

        if (!Frames.TryDecode(run.Output, out OutputFrame frame, out var mistake))
        {
            return new CallAnswer(Failed, [], [], run.ExitCode, $"The output is no frame of ABI v1: {mistake}.", "A machine gives u32 status ‖ u32 n ‖ state ‖ u32 n ‖ events, little endian.", run.FuelUsed);
        }

        var answer = new CallAnswer(frame.Accepted ? Accepted : Rejected, frame.State.ToArray(), frame.Events.ToArray(), 0, null, null, run.FuelUsed);
        return ModuleAnswer.Read(frame.Accepted, frame.State, frame.Events) is ModuleAnswer.Malformed bad
            ? answer with { Status = Failed, Reason = $"{bad.Code}: it gave {Printable.Text(bad.Reason)}.", Remedy = "A host would refuse this output, too: the module has to give what ABI v1 promises." }
            : answer;
    }

    /// <summary>In the form of vectors: <c>{events, state}</c>, <c>{rejected}</c> or <c>{exit}</c>, canonical.</summary>
    public string ToVector() => Status switch
    {
        Accepted => $$"""{"events":{{Canonical(Events)}},"state":{{Canonical(State)}}}""",
        Rejected => $$"""{"rejected":{{Canonical(State)}}}""",
        _ => $$"""{"exit":{{ExitCode?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "null"}}}""",
    };

    /// <summary>The events, one element each; empty unless accepted.</summary>
    public IReadOnlyList<JsonElement> EventList() => Status == Accepted ? [.. Parse(Events).EnumerateArray()] : [];

    /// <summary>A text that shows bytes: UTF-8 as it is, anything else in hex.</summary>
    public static string Show(byte[] bytes)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return $"0x{Convert.ToHexStringLower(bytes)}";
        }
    }

    /// <summary>The bytes as JSON if they are, else as a text.</summary>
    public static JsonElement Json(byte[] bytes)
    {
        try
        {
            return Parse(CanonicalJson.Canonicalize(bytes));
        }
        catch (FormatException)
        {
            return JsonSerializer.SerializeToElement(Show(bytes));
        }
    }

    private static JsonElement Parse(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private static string Canonical(byte[] json)
    {
        try
        {
            return Encoding.UTF8.GetString(CanonicalJson.Canonicalize(json));
        }
        catch (FormatException)
        {
            return JsonSerializer.Serialize(Show(json));
        }
    }

    private static string RemedyOf(TrapKind kind) => kind switch
    {
        TrapKind.FuelExhausted => "Give it more with --fuel, or look for a loop without an end. Hosts allow a bound of their own.",
        TrapKind.StackExhausted => "Look for recursion without an end.",
        TrapKind.OutOfMemory => "This machine had no memory left for what the module's limits allow.",
        TrapKind.Interrupted => "It took longer than a call may take by the clock.",
        TrapKind.Abort => "The module ended itself: look at what its code says about this input.",
        _ => "The module is faulty for this input. 'loom module inspect FILE --names' lists its functions.",
    };
}
