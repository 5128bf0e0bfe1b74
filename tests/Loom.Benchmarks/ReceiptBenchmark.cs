using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Loom.Provenance.Receipts;

namespace Loom.Benchmarks;

/// <summary>
/// Verifies the golden receipts of a counter's transitions; the reference hashes as many SHA-256 messages of the same lengths, one by one as a
/// verifier has to, in the same run. Beside both, what the verifier in Rust says of itself, where it was built.
/// </summary>
internal static class ReceiptBenchmark
{
    private const int Rounds = 40;

    // Receipt, input and output in tests/vectors/receipts, and the floor in milliseconds.
    private static readonly (string Set, string Receipt, string Frames, double Floor)[] Golden =
        [("std", "counter-1.std.receipt", "counter-1", 10), ("proven", "counter-2.proven.receipt", "counter-2", 20), ("compact", "counter-1.compact.receipt", "counter-1", 10), ("fast", "counter-1.fast.receipt", "counter-1", 20)];

    public static Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        foreach (var (name, file, frames, floor) in Golden)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Measure(output, ParameterSet.OfName(name)!, File.ReadAllBytes(Vector(file)), File.ReadAllBytes(Vector(frames + ".input")), floor);
        }

        Rust(output);
        return Task.CompletedTask;
    }

    private static void Measure(TextWriter output, ParameterSet set, byte[] bytes, byte[] input, double floor)
    {
        var file = ReceiptFile.Parse(bytes, out var error) ?? throw new InvalidDataException(error!.ToString());
        var seal = bytes[..file.SealBytes];
        var image = File.ReadAllBytes(Vector("counter.image"));
        var outputBytes = file.Output!.Value.ToArray();
        var policy = new ReceiptPolicy { Images = [ReceiptImage.IdOf(image)], AllowedSets = [set] };
        void Verify()
        {
            if (ReceiptVerifier.Verify(policy, image, file.Statement, input, outputBytes, seal).Error is { } refused)
            {
                throw new InvalidOperationException($"The golden receipt of the set {set.Name} is refused: {refused}");
            }
        }

        var messages = Messages(file, image, set);
        var first = Once(Verify);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Verify();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var verify = Best(Verify);
        var hashing = Best(() => Hash(messages));
        var blocks = messages.Sum(m => (long)m.Count * ((m.Length + 9 + 63) / 64));
        output.Line($"{set.Name,-7} verified in {verify:f2} ms of processor time (goal: under {floor:f0}: {(verify < floor ? "yes" : "no")}), first {first:f0}; {verify / hashing:f2} times hashing the same {messages.Sum(m => m.Count)} messages, {blocks} blocks ({hashing:f2} ms), so {Math.Min(1, hashing / verify):P0} of it is SHA-256; receipt {seal.Length / 1000.0:f0} KB, {allocated / 1024.0:f0} KB allocated");
    }

    // What a verifier hashes of the queries: rows by class of height, and the nodes of the paths.
    private static List<(int Length, int Count)> Messages(ReceiptFile file, byte[] image, ParameterSet set)
    {
        var parsed = ReceiptImage.Parse(image, out _)!;
        var shape = ProofLayout.Of(file.Proof.Span.Slice(ProofLayout.PrefixBytes, Tables.HeightBytes), set, parsed.RomLogHeight, out _)!.Segments.Single();
        var counts = new SortedDictionary<int, int>();
        void Add(int length, int count) => counts[length] = counts.GetValueOrDefault(length) + (count * set.Queries);
        foreach (var tree in shape.Trees)
        {
            for (var i = 0; i < tree.Classes.Length; i++)
            {
                Add(8 + (i == 0 ? 0 : MerkleHasher.DigestBytes) + (8 * tree.Classes[i]), 1);
            }

            Add(8 + (2 * MerkleHasher.DigestBytes), tree.LogLeaves - tree.LogCap);
        }

        return [.. counts.Select(c => (c.Key, c.Value))];
    }

    private static void Hash(List<(int Length, int Count)> messages)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = new byte[messages.Max(m => m.Length)];
        foreach (var (length, count) in messages)
        {
            for (var i = 0; i < count; i++)
            {
                hash.AppendData(block, 0, length);
                hash.GetHashAndReset(block.AsSpan(0, MerkleHasher.DigestBytes)); // the next message depends on this one, as on a path
            }
        }
    }

    // The quickest of all rounds by processor time: neighbours on the machine lengthen the elapsed time, not that.
    private static double Best(Action work)
    {
        for (var i = 0; i < Rounds; i++)
        {
            work(); // until it is compiled as it will stay
        }

        return Enumerable.Range(0, Rounds).Min(_ => Once(work));
    }

    private static double Once(Action work)
    {
        const int each = 4;
        var began = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < each; i++)
        {
            work();
        }

        return (Environment.CpuUsage.TotalTime - began).TotalMilliseconds / each;
    }

    private static void Rust(TextWriter output)
    {
        if (Prover() is not { } program)
        {
            output.WriteLine("loom-prover was not built: the verifier in Rust is not beside these figures (cargo build --release in prover/, or LOOM_PROVER)");
            return;
        }

        using var process = Process.Start(new ProcessStartInfo(program, ["bench", "--params", "std,proven", "--json"]) { RedirectStandardOutput = true })!;
        using var report = JsonDocument.Parse(process.StandardOutput.ReadToEnd());
        process.WaitForExit();
        foreach (var run in report.RootElement.GetProperty("runs").EnumerateArray())
        {
            double Number(string name) => run.GetProperty(name).GetDouble();
            output.Line($"{run.GetProperty("parameters").GetString(),-7} in Rust, a receipt of its own loop: verified in {Number("verify_us") / 1000:f2} ms (elapsed), {Number("verify_us") / Number("hashing_us"):f2} times hashing the same {Number("verifyBlocks"):f0} blocks; receipt {Number("receiptBytes") / 1000:f0} KB");
        }
    }

    // LOOM_PROVER, or what was built in the checkout that this program lies in.
    private static string? Prover()
    {
        if (Environment.GetEnvironmentVariable("LOOM_PROVER") is { Length: > 0 } named)
        {
            return File.Exists(named) ? named : null;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var program = Path.Combine(folder.FullName, "prover", "target", "release", OperatingSystem.IsWindows() ? "loom-prover.exe" : "loom-prover");
            if (File.Exists(program))
            {
                return program;
            }
        }

        return null;
    }

    private static string Vector(string file) => Path.Combine(AppContext.BaseDirectory, "receipts", file);
}
