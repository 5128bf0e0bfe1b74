using System.Runtime.InteropServices;
using Loom.Provenance.Tests;
using Loom.Testing;

namespace Loom.Cli.Tests.Verify;

/// <summary>The verifier as an auditor gets it: one file, on a machine without .NET, in an empty folder, with nothing in the environment.</summary>
public sealed class PublishedVerifierTests
{
    [PublishedFact]
    public async Task One_file_verifies_without_dotnet_path_or_environment()
    {
        using var folder = new Folder();
        var published = await ChildOf.RunAsync(
            "bash", TestData.Root, clean: false, new Dictionary<string, string?>(), Path.Combine("infra", "publish-verifier.sh"), folder["out"]);
        Assert.True(published.Exit == 0, published.Out + published.Error);
        Directory.CreateDirectory(folder["empty"]);
        File.Copy(folder["out/loom"], folder["empty/loom"]);
        folder.Write("empty/case.loom", Cases.TwoBundle());
        folder.Write("empty/trust.json", Cases.Trust.Write());
        var variables = new Dictionary<string, string?> { ["DOTNET_BUNDLE_EXTRACT_BASE_DIR"] = folder["extract"] };

        var good = await ChildOf.RunAsync(folder["empty/loom"], folder["empty"], clean: true, variables, "verify", "case.loom", "--trust", "trust.json");
        Assert.Equal((0, ""), (good.Exit, good.Error));
        Assert.Contains("every required claim holds", good.Out, StringComparison.Ordinal);

        var bytes = Cases.TwoBundle();
        bytes[bytes.Length / 2] ^= 1;
        folder.Write("empty/case.loom", bytes);
        var bad = await ChildOf.RunAsync(folder["empty/loom"], folder["empty"], clean: true, variables, "verify", "case.loom", "--trust", "trust.json");
        Assert.Contains(bad.Exit, new[] { 1, 2 });
    }

    private sealed class PublishedFactAttribute : FactAttribute
    {
        public PublishedFactAttribute()
        {
            if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            {
                Skip = "publishes for linux-x64 and runs what it published; this machine is another";
            }
        }
    }
}
