using System.Reflection;
using System.Runtime.Loader;
using Loom.Core;
using Loom.Testing;

namespace Loom.Provenance.Tests;

/// <summary>Who verifies a bundle without modules does not load the WebAssembly engine.</summary>
public sealed class EngineOnDemandTests
{
    [Fact]
    public void The_engine_is_loaded_for_modules_only()
    {
        var without = Verify(File.ReadAllBytes(Path.Combine(TestData.Root, "tests", "Loom.Provenance.Tests", "golden", "two.loom")));
        Assert.Contains("Loom.Core", without);
        Assert.DoesNotContain("Loom.Wasm", without);

        var module = SampleModule.Of("counter").Wasm;
        var history = new History();
        history.AddModule(module);
        history.Append("counter-a", machine: MachineId.Wasm(Digest.Of(module)));
        Assert.Contains("Loom.Wasm", Verify(History.Bundle(history.Source(Cases.LogKey, ["counter-a"]), Cases.LogKey)));
    }

    // In a load context of its own, which sees everything that is loaded for it.
    private static List<string> Verify(byte[] bundle)
    {
        var context = new Watching();
        var assembly = context.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "Loom.Provenance.dll"));
        var trustType = assembly.GetType("Loom.Provenance.TrustRoot", throwOnError: true)!;
        var optionsType = assembly.GetType("Loom.Provenance.VerifyOptions", throwOnError: true)!;
        var options = Activator.CreateInstance(optionsType)!;
        optionsType.GetProperty("At")!.SetValue(options, Cases.At);
        var trust = Activator.CreateInstance(trustType)!;
        trustType.GetProperty("LogKeys")!.SetValue(trust, Array.CreateInstance(assembly.GetType("Loom.Provenance.TrustedLogKey", throwOnError: true)!, 0));
        var verify = assembly.GetType("Loom.Provenance.BundleVerifier", throwOnError: true)!
            .GetMethod("Verify", [typeof(ReadOnlyMemory<byte>), trustType, optionsType, typeof(CancellationToken)])!;
        var report = verify.Invoke(null, [new ReadOnlyMemory<byte>(bundle), trust, options, CancellationToken.None])!;
        Assert.Null(report.GetType().GetProperty("Malformed")!.GetValue(report));
        return context.Asked;
    }

    private sealed class Watching() : AssemblyLoadContext("watching")
    {
        public List<string> Asked { get; } = [];

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            Asked.Add(assemblyName.Name!);
            var path = Path.Combine(AppContext.BaseDirectory, assemblyName.Name + ".dll");
            return assemblyName.Name!.StartsWith("Loom.", StringComparison.Ordinal) && File.Exists(path) ? LoadFromAssemblyPath(path) : null;
        }
    }
}
