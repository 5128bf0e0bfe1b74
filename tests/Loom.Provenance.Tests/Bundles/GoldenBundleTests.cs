using Loom.Testing;

namespace Loom.Provenance.Tests;

/// <summary>Bundles that were written once and have to verify for ever, by the trust file beside them. LOOM_UPDATE=1 makes them anew.</summary>
public sealed class GoldenBundleTests
{
    private static readonly string Folder = Path.Combine(TestData.Root, "tests", "Loom.Provenance.Tests", "golden");

    private static byte[] Load(string name)
    {
        var path = Path.Combine(Folder, name + ".loom");
        if (Environment.GetEnvironmentVariable("LOOM_UPDATE") == "1")
        {
            File.WriteAllBytes(path, Make(name));
            File.WriteAllBytes(Path.Combine(Folder, "trust.json"), Cases.Trust.Write());
        }

        return File.ReadAllBytes(path);
    }

    private static byte[] Make(string name) => History.Bundle(
        name switch
        {
            "hidden" => Cases.Two().Source(Cases.LogKey, [Cases.Alice], hide: BundleHide.Data | BundleHide.Commands),
            "large" => Cases.Large().Source(Cases.LogKey, [Cases.Alice, Cases.Bob]),
            "range" => Cases.Two().Source(Cases.LogKey, [Cases.Bob], null, BundleHide.None, 2, 5),
            _ => Cases.Two().Source(Cases.LogKey, [Cases.Alice, Cases.Bob]),
        },
        Cases.LogKey);

    [Theory]
    [InlineData("two", 14, Verdict.Holds)]
    [InlineData("hidden", 8, Verdict.NotCovered)]
    [InlineData("range", 4, Verdict.Holds)]
    [InlineData("large", 5, Verdict.Holds)]
    public void A_golden_bundle_verifies(string name, int transitions, Verdict disclosed)
    {
        var bundle = Load(name);
        var report = Cases.Verify(bundle, TrustRoot.Parse(File.ReadAllBytes(Path.Combine(Folder, "trust.json"))));
        Assert.True(report.ExitCode == 0, report.Explain());
        Assert.Equal((transitions, disclosed), ((int)report.Bundle!.Transitions, report.Of(Claim.Disclosed)));
    }

    [Theory]
    [InlineData("two")]
    [InlineData("hidden")]
    [InlineData("range")]
    [InlineData("large")]
    public void The_writer_still_makes_the_files_of_a_golden_bundle(string name)
    {
        // All but what a fresh signature is in: the checkpoint's line, and with it the statement's list of hashes.
        var golden = new Unpacked(Load(name)).Files;
        var made = new Unpacked(Make(name)).Files;
        Assert.Equal(golden.Keys, made.Keys);
        Assert.All(golden.Keys.Where(k => k is not ("bundle.dsse.json" or "checkpoints/checkpoint.txt")), k => Assert.Equal(golden[k], made[k]));
    }
}
