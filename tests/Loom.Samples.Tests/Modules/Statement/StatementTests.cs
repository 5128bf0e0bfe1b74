using System.Text;
using System.Text.Json;
using Loom.Core;
using Loom.Testing;
using Loom.Wasm;
using Xunit.Abstractions;

namespace Loom.Samples.Tests.Modules.Statement;

/// <summary>The transform: whatever way a file is written in, the record is that of its entries.</summary>
public sealed class StatementTests(ITestOutputHelper output)
{
    private static readonly ModuleMachine Module = PinnedModule.Of("statement").Machine;
    private static readonly MachineContext Context = new("statement-1", Timestamp.Parse("2026-01-01T00:00:00.000000Z"), "c", "transform", "ann", 0, []);

    [Fact]
    public void Random_files_give_the_record_of_their_entries()
    {
        var run = SeedRun.Start("statements", Tier.Count(ci: 400, @long: 100_000));
        foreach (var seed in run.Left)
        {
            var file = new CsvFile(seed);
            var answer = Transform(file.Csv);
            Assert.True(answer.Accepted, $"seed {seed}: {answer}");
            Assert.Equal((seed, Encoding.UTF8.GetString(file.Record())), (seed, Encoding.UTF8.GetString(answer.State)));
            Assert.Equal(Encoding.UTF8.GetString(file.Event()), Encoding.UTF8.GetString(answer.Events));
            run.Finish([]);
        }

        output.WriteLine(run.Summary());
    }

    [Fact]
    public void Noise_gives_a_record_whose_totals_add_up()
    {
        const string Alphabet = "date,account;text\"\r\n0123456789.- \u00a0é𝄞";
        var run = SeedRun.Start("noise in statements", Tier.Count(ci: 300, @long: 50_000));
        foreach (var seed in run.Left)
        {
            var random = new Random(seed);
            var csv = new StringBuilder(new CsvFile(seed).Csv);
            for (var changes = random.Next(1, 12); changes > 0; changes--)
            {
                var (at, c) = (random.Next(csv.Length), Alphabet[random.Next(Alphabet.Length - 2)]);
                if (!char.IsSurrogate(csv[at])) csv[at] = c;
            }

            var answer = Transform(csv.ToString());
            Assert.True(CanonicalJson.IsCanonical(answer.State), $"seed {seed}: {answer}");
            if (answer.Accepted) ShouldAddUp(JsonDocument.Parse(answer.State).RootElement);
            run.Finish([]);
        }
    }

    [Fact]
    public void A_thousand_lines_are_too_many()
    {
        const string Header = "date,account,text,amount\n";
        var lines = Enumerable.Repeat("2026-01-01,A,t,1\n", 999).ToArray();

        Assert.True(Transform(Header + string.Concat(lines)).Accepted);
        Assert.Contains("\"too-long\"", Transform(Header + string.Concat(lines) + lines[0]).ToString(), StringComparison.Ordinal);
    }

    [ProverFact]
    public void The_prover_runs_it_as_the_host_does() =>
        Agreement.Check("statement", [.. Enumerable.Range(Seeds.First("statements at the prover"), Tier.Count(ci: 40, @long: 2_000)).Select(seed => Input(new CsvFile(seed).Csv))]);

    private static void ShouldAddUp(JsonElement record)
    {
        var entries = record.GetProperty("entries").EnumerateArray().Select(e => long.Parse(e.GetProperty("amount").GetString()!, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        var totals = record.GetProperty("totals");
        Assert.Equal(entries.Sum().ToString(System.Globalization.CultureInfo.InvariantCulture), totals.GetProperty("net").GetString());
        Assert.Equal(entries.Length, totals.GetProperty("count").GetInt32());
        Assert.Equal(entries.Length, record.GetProperty("accounts").EnumerateArray().Sum(a => a.GetProperty("count").GetInt32()));
        Assert.Equal(record.GetProperty("refused").GetArrayLength(), totals.GetProperty("refused").GetInt32());
    }

    private static ModuleAnswer Transform(string csv) => Module.Decide(Context, [], Body(csv));

    private static byte[] Input(string csv) => Frames.Encode([], Body(csv), Context.ToCanonicalJson());

    private static byte[] Body(string csv) => CanonicalJson.Canonicalize(JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["csv"] = csv }));
}
