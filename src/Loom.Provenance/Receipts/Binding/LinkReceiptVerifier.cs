using Loom.Core;

namespace Loom.Provenance.Receipts;

/// <summary>
/// Judges whether a receipt proves a transition: that the module which the link names, run on the state, the command and the context of the
/// link, gave its new state and its events. The frames are rebuilt from the link, never believed; the image id comes from the trust file.
/// </summary>
public static class LinkReceiptVerifier
{
    /// <summary>Makes all checks of <see cref="LinkReceiptCheck"/>; the first that fails is the answer.</summary>
    public static LinkReceiptResult Verify(LinkReceiptRequest request)
    {
        var link = request.Link;
        if (BundleFiles.HashOf(link.Machine) is not { } module || link.Kind != LinkKind.Command)
        {
            return No(LinkReceiptCheck.Kind, $"a receipt proves a command decided by a module, not {(link.Kind == LinkKind.Upgrade ? "an upgrade" : link.Machine)}");
        }

        if (ReceiptFile.Parse(request.Receipt, out var malformed) is not { } file)
        {
            return No(LinkReceiptCheck.Form, $"the receipt cannot be read: {malformed}");
        }

        return (Provenance(request, file, module, out var image)
            ?? Input(request, file)
            ?? Output(request, file)
            ?? Seal(request, file, image)) with
        { Image = file.Statement.ImageId };
    }

    // The image: pinned for this module, at hand, and of this module.
    private static LinkReceiptResult? Provenance(LinkReceiptRequest request, ReceiptFile file, Digest module, out ReadOnlyMemory<byte> image)
    {
        image = default;
        if (file.Input is null || file.Output is null)
        {
            return No(LinkReceiptCheck.Frames, "the receipt comes without its input and output");
        }

        var id = file.Statement.ImageId;
        if (!Trusted(request, id, module).Any())
        {
            return No(LinkReceiptCheck.TrustedImage, $"the trust file does not name the image id {id} for the module {request.Link.Machine}");
        }

        if (request.Image is not { } bytes)
        {
            return No(LinkReceiptCheck.Image, $"the image {id} is not at hand");
        }

        image = bytes;
        return ReceiptImage.IdOf(bytes.Span) != id ? No(LinkReceiptCheck.Module, $"what was given as the image {id} is another")
            : ReceiptImage.Parse(bytes, out var error) is not { } parsed ? No(LinkReceiptCheck.Module, $"the image cannot be read: {error}")
            : parsed.Module != module ? No(LinkReceiptCheck.Module, $"the image is of the module {parsed.Module}, the link names {request.Link.Machine}")
            : null;
    }

    private static LinkReceiptResult? Input(LinkReceiptRequest request, ReceiptFile file)
    {
        var link = request.Link;
        if (file.Statement.ExitCode != 0)
        {
            return No(LinkReceiptCheck.ExitCode, $"the receipt proves a run that ended with exit code {file.Statement.ExitCode}, which covers no transition");
        }

        if (InputFrame.Read(file.Input!.Value) is not { } input)
        {
            return No(LinkReceiptCheck.InputFrame, "the receipt's input is no frame of state, command and context");
        }

        var opens = link.From is { } from
            ? request.SaltBefore is { } salt && Salts.DigestOf(salt.Span, input.State.Span) == from
            : input.State.IsEmpty;
        return !opens ? No(LinkReceiptCheck.StateBefore, link.From is null ? "the receipt's run began with a state, at birth there is none" : "the state that the receipt's run began with does not open 'from'")
            : !Opens(request.Opening, Salts.Command, input.Command, link.Command.Digest) ? No(LinkReceiptCheck.Command, "the command in the receipt does not open the command's digest")
            : !input.Context.Span.SequenceEqual(MachineContext.Of(link).ToCanonicalJson()) ? No(LinkReceiptCheck.Context, "the context in the receipt is not the one that follows from the link")
            : null;
    }

    private static LinkReceiptResult? Output(LinkReceiptRequest request, ReceiptFile file)
    {
        var link = request.Link;
        if (OutputFrame.Read(file.Output!.Value) is not { } output)
        {
            return No(LinkReceiptCheck.OutputFrame, "the receipt's output is no frame of status, state and events");
        }

        if (output.Status != 0)
        {
            return No(LinkReceiptCheck.Status, $"the receipt proves that the module did not accept the command (status {output.Status}), which covers no transition");
        }

        if (ModuleAnswer.Read(accepted: true, output.State, output.Events) is not ModuleAnswer.Accepted answer)
        {
            return No(LinkReceiptCheck.OutputFrame, "the receipt's output has events that no host takes");
        }

        if (!Opens(request.Opening, Salts.To, output.State, link.To))
        {
            return No(LinkReceiptCheck.StateAfter, "the state in the receipt does not open 'to'");
        }

        if (answer.Events.Count != link.Count)
        {
            return No(LinkReceiptCheck.EventCount, $"the receipt has {answer.Events.Count} events, the link {link.Count}");
        }

        for (var i = 0; i < link.Count; i++)
        {
            var (proven, stated) = (answer.Events[i], link.Events[i]);
            if (proven.Type != stated.Type || proven.ContentType != stated.ContentType)
            {
                return No(LinkReceiptCheck.EventType, $"event {i} in the receipt is another kind of event than the link's");
            }

            if (!Opens(request.Opening, Salts.Event(i), proven.Data, stated.Digest))
            {
                return No(LinkReceiptCheck.EventData, $"event {i} in the receipt does not open its digest");
            }
        }

        return null;
    }

    private static LinkReceiptResult Seal(LinkReceiptRequest request, ReceiptFile file, ReadOnlyMemory<byte> image)
    {
        var id = file.Statement.ImageId;
        var allowed = Trusted(request, id, BundleFiles.HashOf(request.Link.Machine)!.Value).SelectMany(i => i.Sets).Select(ParameterSet.OfName).OfType<ParameterSet>().ToHashSet();
        var policy = new ReceiptPolicy { Images = [id], AllowedSets = allowed };
        var result = ReceiptVerifier.Verify(policy, image, file.Statement, file.Input!.Value.Span, file.Output!.Value.Span, request.Receipt);
        return result.Error is null ? new LinkReceiptResult { Seal = result, State = OutputFrame.Read(file.Output.Value)!.State }
            : result.Error.Check == ReceiptCheck.ParameterSetAllowed
                ? No(LinkReceiptCheck.TrustedSet, $"the trust file does not accept the parameter set '{result.Set!.Name}' for the image {id}") with { Seal = result }
            : No(LinkReceiptCheck.Seal, $"the receipt proves nothing: {result.Error}") with { Seal = result };
    }

    private static IEnumerable<TrustedImage> Trusted(LinkReceiptRequest request, Digest image, Digest module) =>
        request.Trusted.Where(i => i.Image == image && i.Module == module);

    private static bool Opens(Opening opening, string label, ReadOnlyMemory<byte> bytes, Digest digest) =>
        opening.PartSalt(label) is { } salt && Salts.DigestOf(salt, bytes.Span) == digest;

    private static LinkReceiptResult No(LinkReceiptCheck check, string reason) => new() { Failed = check, Reason = reason };
}
