using System.Text.Json;
using Loom.Core;

namespace Loom.Provenance;

/// <summary>Checks that each link of a stream follows from the one before.</summary>
internal sealed class OrderedCheck(StreamName stream, FirstFinding findings)
{
    private Link? _previous;

    /// <summary>Checks the next link.</summary>
    public void Check(Link link, Opening opening)
    {
        if ((_previous is null ? First(link) : Next(_previous, link)) is { } reason)
        {
            findings.Add(new Finding(reason, stream.Value, link.Revision));
        }

        if (link.Kind == LinkKind.Upgrade && UpgradeWrong(_previous, link, opening) is { } wrong)
        {
            findings.Add(new Finding(wrong, stream.Value, link.Revision));
        }

        _previous = link;
    }

    private static string? First(Link link) =>
        link.Revision == 0 && (link.Prev is not null || link.From is not null) ? "the first link names something before it"
        : link.Revision > 0 && (link.Prev is null || link.From is null) ? "the link names nothing before it, though it is not the stream's first"
        : link.Revision == 0 && link.Kind == LinkKind.Upgrade ? "a stream cannot begin with an upgrade"
        : null;

    private static string? Next(Link previous, Link link) =>
        link.Prev != previous.Hash ? "'prev' is not the hash of the link before"
        : link.Revision != previous.LastRevision + 1 ? $"the link is at revision {link.Revision}, the one before ends at {previous.LastRevision}"
        : link.From != previous.To ? "'from' is not the state that the link before led to"
        : link.At < previous.At ? $"its time {link.At} is earlier than {previous.At} of the link before"
        : link.Fence < previous.Fence ? $"its fence {link.Fence} is smaller than {previous.Fence} of the link before"
        : link.Machine.IsWasm != previous.Machine.IsWasm ? "the stream changes between a C# machine and a WASM machine"
        : link.Kind != LinkKind.Upgrade && link.Machine != previous.Machine ? $"the machine changes from {previous.Machine} to {link.Machine} without an upgrade"
        : null;

    private static string? UpgradeWrong(Link? previous, Link link, Opening opening)
    {
        if (link.Command.Type != "loom.upgrade" || link.Command.Principal != "loom:runtime" || link.Command.Roles.Count > 0
            || link.Count != 1 || link.Events[0].Type != "loom.upgraded")
        {
            return "an upgrade is the command loom.upgrade from loom:runtime with the one event loom.upgraded";
        }

        if (opening.Command is not { } body)
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 4 });
            var from = json.RootElement.GetProperty("from").GetString();
            var to = json.RootElement.GetProperty("to").GetString();
            return to == link.Machine.Value && (previous is null || from == previous.Machine.Value) ? null : "the upgrade names other machines than the links around it";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return "the upgrade's body does not name two machines";
        }
    }
}
