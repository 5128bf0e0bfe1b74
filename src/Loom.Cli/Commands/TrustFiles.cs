using Loom.Cli.Output;
using Loom.Provenance;

namespace Loom.Cli.Commands;

/// <summary>Reading a trust file, and saying whom it believes.</summary>
internal static class TrustFiles
{
    public static TrustRoot Parse(string file, byte[] bytes)
    {
        try
        {
            return TrustRoot.Parse(bytes);
        }
        catch (FormatException e)
        {
            throw new CliException(ExitCodes.Malformed, $"{file} is no trust file.", e.Message, "'loom trust export' makes one; docs/formats/trust-file.md describes it.");
        }
    }

    /// <summary>Prints keys and fingerprints: what two people compare by telephone.</summary>
    public static int Show(Invocation i, string file, byte[] bytes)
    {
        var trust = Parse(file, bytes);
        if (i.Json)
        {
            i.WriteJson(new
            {
                file,
                logKeys = trust.LogKeys.Select(k => new { k.Name, fingerprint = TrustRoot.Fingerprint(k.PublicKey), k.FromSize, k.ToSize, k.RevokedAfterSize }),
                notaryKeys = trust.NotaryKeys.Select(Named),
                witnessKeys = trust.WitnessKeys.Select(Named),
                images = trust.Images.Select(m => new { module = m.Module.ToString(), image = m.Image.ToString(), m.Sets }),
                required = trust.Required.Select(ClaimNames.Of),
            });
            return ExitCodes.Ok;
        }

        i.Line($"{file} believes:");
        foreach (var key in trust.LogKeys)
        {
            var end = key.RevokedAfterSize is { } revoked ? $", revoked after size {revoked}" : "";
            i.Line($"  log key  {key.Name}, tree sizes {key.FromSize} to {(key.ToSize is { } to ? to : "now")}{end}");
            i.Line($"           {TrustRoot.Fingerprint(key.PublicKey)}");
        }

        ShowKeys(i, "notary", trust.NotaryKeys);
        ShowKeys(i, "witness", trust.WitnessKeys);
        foreach (var image in trust.Images)
        {
            i.Line($"  image    {image.Image} for module {image.Module}");
        }

        i.Line($"  requires {string.Join(", ", trust.Required.Select(ClaimNames.Of))}");
        i.Line("Compare the fingerprints over another channel, by telephone for example, before you believe this file.");
        return ExitCodes.Ok;
    }

    private static object Named(TrustedKey key) => new { key.Name, fingerprint = TrustRoot.Fingerprint(key.PublicKey) };

    private static void ShowKeys(Invocation i, string kind, IReadOnlyList<TrustedKey> keys)
    {
        foreach (var key in keys)
        {
            i.Line($"  {kind,-8} {key.Name}");
            i.Line($"           {TrustRoot.Fingerprint(key.PublicKey)}");
        }
    }
}
