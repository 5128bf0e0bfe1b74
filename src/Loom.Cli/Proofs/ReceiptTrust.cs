using System.CommandLine;
using Loom.Cli.Commands;
using Loom.Cli.Modules;
using Loom.Cli.Output;
using Loom.Core;
using Loom.Provenance;
using Loom.Provenance.Receipts;

namespace Loom.Cli.Proofs;

/// <summary>Which image ids and parameter sets the caller accepts: from a trust file or from the command line, never from a receipt.</summary>
internal sealed record ReceiptTrust(IReadOnlyList<TrustedImage>? File, IReadOnlyList<Digest> Ids, IReadOnlyList<ParameterSet> Sets)
{
    private const int MostTrust = 1 << 20;

    /// <summary>The parameter sets that are accepted for an image id; null when the id is not pinned at all.</summary>
    public IReadOnlyCollection<ParameterSet>? For(Digest image) =>
        Ids.Contains(image) ? Sets
        : File?.Where(t => t.Image == image).ToList() is { Count: > 0 } named ? [.. named.SelectMany(t => t.Sets).Select(ParameterSet.OfName).OfType<ParameterSet>()]
        : null;

    /// <summary>The images that are trusted for the module of a link. A pinned id is for whatever module its image names: the caller computed it from one.</summary>
    public IReadOnlyList<TrustedImage> For(Link link) =>
        [.. File ?? [], .. link.Machine.IsWasm ? Ids.Select(id => new TrustedImage(Digest.Parse(link.Machine.Value[^64..]), id, [.. Sets.Select(s => s.Name)])) : []];

    /// <summary>The command line's options.</summary>
    internal sealed class Options
    {
        private readonly Option<string?> _trust = new("--trust") { Description = "The trust file: which image ids you believe for which modules, and under which parameter sets." };
        private readonly Option<string[]> _ids = new("--image-id") { Description = "Or: an image id that you computed from the module ('loom-prover image MODULE'). May be repeated." };
        private readonly Option<string[]> _sets = new("--set") { Description = "With --image-id: the parameter sets that you accept; proven when not given.", AllowMultipleArgumentsPerToken = true };

        public Options(Command command)
        {
            _sets.AcceptOnlyFromAmong([.. ParameterSet.All.Select(s => s.Name)]);
            _ids.Validators.Add(result =>
            {
                foreach (var token in result.Tokens.Where(t => !Digest.TryParse(t.Value, out _)))
                {
                    result.AddError($"'{token.Value}' is no image id: expected 64 lower-case hex digits.");
                }
            });
            command.Options.Add(_trust);
            command.Options.Add(_ids);
            command.Options.Add(_sets);
            command.Validators.Add(result =>
            {
                if (result.GetResult(_trust) is not { Tokens.Count: > 0 } && result.GetResult(_ids) is not { Tokens.Count: > 0 })
                {
                    result.AddError("Say whom you believe: --trust FILE, or --image-id ID that you computed yourself ('loom-prover image MODULE'). A receipt's own word is none.");
                }
            });
        }

        public async Task<ReceiptTrust> ReadAsync(Invocation i, CancellationToken cancellationToken) => new(
            i.Get(_trust) is { } file ? TrustFiles.Parse(file, await BoundedFile.RequireAsync(file, "a trust file", MostTrust, cancellationToken)).Images : null,
            [.. (i.Get(_ids) ?? []).Select(Digest.Parse)],
            i.Get(_sets) is { Length: > 0 } names ? [.. names.Select(n => ParameterSet.OfName(n)!)] : [ParameterSet.Proven]);
    }
}
