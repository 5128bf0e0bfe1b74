using Loom.Testing;

namespace Loom.Samples.Tests.Modules;

/// <summary>The pinned modules can be made again from their sources, and a change of a source does not go unnoticed.</summary>
public sealed class BuildTests
{
    [KitFact("rust")]
    public void The_Rust_modules_can_be_made_again() => Check("rust");

    [KitFact("assemblyscript")]
    public void The_AssemblyScript_modules_can_be_made_again() => Check("assemblyscript");

    [KitFact("c")]
    public void The_C_module_can_be_made_again() => Check("c");

    [KitFact("c", node: true)]
    public void A_source_that_has_changed_is_noticed_by_hash_and_by_answers()
    {
        using var copy = new SamplesCopy();
        copy.Change("c/counter.c", "int64_t by = 1;", "int64_t by = 2;");
        var (exit, output) = BuildScript.RunAt(copy.Root, "--check", "c");
        Assert.Equal(1, exit);

        // With another compiler on record the bytes may differ, and the answers tell.
        copy.Change("modules.lock.json", "clang version", "clang before version");
        var (other, answers) = BuildScript.RunAt(copy.Root, "--check", "c");
        Assert.Equal(1, other);
        Assert.Contains("counter-c: FAILED", output, StringComparison.Ordinal);
        Assert.Contains("counter-c: FAILED", answers, StringComparison.Ordinal);
        Assert.DoesNotContain("pinned is", answers, StringComparison.Ordinal);
    }

    [KitFact("c")]
    public void A_build_pins_what_it_made()
    {
        using var copy = new SamplesCopy();
        var before = copy.Read("modules.lock.json");
        copy.Change("c/counter.c", "Nothing was counted yet.", "Nothing was counted so far.");
        copy.Change("modules/counter.vectors.json", "Nothing was counted yet.", "Nothing was counted so far.");

        var (exit, output) = BuildScript.RunAt(copy.Root, "c");
        Assert.True(exit == 0, output);
        var after = copy.Read("modules.lock.json");
        Assert.NotEqual(before, after);
        Assert.Equal(before.Split('\n').Where(l => !l.Contains("counter-c", StringComparison.Ordinal)), after.Split('\n').Where(l => !l.Contains("counter-c", StringComparison.Ordinal)));
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(copy.Root, "modules", "counter-c.wasm"))));
        Assert.Contains(hash, after, StringComparison.Ordinal);
        Assert.Contains(hash, copy.Read("modules/counter-c.module.json"), StringComparison.Ordinal);
    }

    [ProgramFact("bash", "bash")]
    public void A_missing_compiler_is_named_with_the_command_that_provides_it()
    {
        using var copy = new SamplesCopy();
        foreach (var program in (string[])["dirname", "mktemp", "rm"])
        {
            var found = ((string[])["/bin", "/usr/bin"]).Select(f => Path.Combine(f, program)).First(File.Exists);
            File.CreateSymbolicLink(Path.Combine(copy.Root, program), found);
        }

        var bash = ((string[])["/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash"]).First(File.Exists);
        var (exit, output) = BuildScript.Start(bash, [Path.Combine(copy.Root, "build-modules.sh"), "--check", "c"], path: copy.Root);
        Assert.Equal(3, exit);
        Assert.Contains("c: skipped, it needs clang and wasm-ld: apt-get install clang lld", output, StringComparison.Ordinal);
    }

    [ProgramFact("node", "nodejs")]
    public void Node_gives_the_answers_of_the_vectors()
    {
        foreach (var module in PinnedModule.All)
        {
            var vectors = Path.Combine(PinnedModule.Folder, module.Manifest.GetProperty("vectors").GetString()!);
            var (exit, output) = BuildScript.Start(
                "node", [Path.Combine(BuildScript.Samples, "machine.mjs"), "vectors", Path.Combine(PinnedModule.Folder, module.Name + ".wasm"), vectors]);
            Assert.True(exit == 0, output);
        }
    }

    private static void Check(string kit)
    {
        var (exit, output) = BuildScript.Run("--check", kit);
        Assert.True(exit == 0, output);
        Assert.All(
            PinnedModule.All.Where(m => m.Locked.GetProperty("kit").GetString() == kit),
            m => Assert.Contains($"{m.Name}: the same ", output, StringComparison.Ordinal));
    }

    /// <summary>The C kit, the modules and the script in a folder of their own.</summary>
    private sealed class SamplesCopy : IDisposable
    {
        public SamplesCopy()
        {
            foreach (var folder in (string[])["c", "modules"])
            {
                Directory.CreateDirectory(Path.Combine(Root, folder));
                foreach (var file in Directory.EnumerateFiles(Path.Combine(BuildScript.Samples, folder)))
                {
                    File.Copy(file, Path.Combine(Root, folder, Path.GetFileName(file)));
                }
            }

            foreach (var file in (string[])["build-modules.sh", "machine.mjs", "modules.lock.json"])
            {
                File.Copy(Path.Combine(BuildScript.Samples, file), Path.Combine(Root, file));
            }
        }

        public string Root { get; } = Directory.CreateTempSubdirectory("loom-samples-").FullName;

        public string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

        public void Change(string file, string from, string to)
        {
            var text = Read(file);
            Assert.Contains(from, text, StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(Root, file), text.Replace(from, to, StringComparison.Ordinal));
        }

        public void Dispose() => Directory.Delete(Root, recursive: true);
    }
}
