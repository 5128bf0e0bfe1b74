using System.Text;
using System.Text.Json;
using Loom.Testing;

namespace Loom.Cli.Tests;

/// <summary><c>loom module inspect|run|bench</c>: alone, on files, good and hostile.</summary>
public sealed class ModuleTests : IDisposable
{
    private readonly Folder _folder = new();

    private static string Sample(string name) => Path.Combine(TestData.Root, "samples", "modules", name);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Inspect_says_what_a_machine_is_made_of()
    {
        var text = (await Ran.LoomAsync("module", "inspect", Sample("counter.wasm"))).Good();
        Assert.Contains("imports   function loom.input_read (i32, i32, i32) -> ()", text, StringComparison.Ordinal);
        Assert.Contains("exports   function loom_main () -> ()", text, StringComparison.Ordinal);
        Assert.Contains("machine   yes, ABI v1", text, StringComparison.Ordinal);
        Assert.Contains("provable  yes", text, StringComparison.Ordinal);

        var json = (await Ran.LoomAsync("module", "inspect", Sample("counter.wasm"), "--json")).Json();
        var manifest = JsonDocument.Parse(await File.ReadAllBytesAsync(Sample("counter.module.json"))).RootElement;
        Assert.Equal(manifest.GetProperty("sha256").GetString(), json.GetProperty("sha256").GetString());
        Assert.Equal(manifest.GetProperty("size").GetInt32(), json.GetProperty("bytes").GetInt32());
        Assert.Equal((2, 1024), (json.GetProperty("memory").GetProperty("pages").GetInt32(), json.GetProperty("memory").GetProperty("maximumPages").GetInt32()));
        Assert.Contains(json.GetProperty("sections").EnumerateArray(), s => s.GetProperty("name").GetString() == "code" && s.GetProperty("size").GetInt32() > 0);
        Assert.Equal(1, json.GetProperty("machine").GetProperty("abi").GetInt32());
        Assert.True(json.GetProperty("provable").GetProperty("inside").GetBoolean());
    }

    [Fact]
    public async Task Inspect_names_function_and_byte_of_what_cannot_be_proven()
    {
        var file = _folder.Write("float.wasm", TinyWasm.Float);
        var finding = (await Ran.LoomAsync("module", "inspect", file, "--json")).Json().GetProperty("provable").GetProperty("findings")[0];
        Assert.Equal(("FloatNotSupported", 0), (finding.GetProperty("rule").GetString(), finding.GetProperty("function").GetInt32()));
        Assert.Equal(0x43, TinyWasm.Float[finding.GetProperty("offset").GetInt32()]);
        var strict = await Ran.LoomAsync("module", "inspect", file, "--provable");
        Assert.Equal(1, strict.Exit);
        Assert.Contains("provable  no: 1 finding", strict.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_says_why_a_module_is_no_machine()
    {
        byte[] empty = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
        var ran = await Ran.LoomAsync("module", "inspect", _folder.Write("empty.wasm", empty));
        Assert.Equal(1, ran.Exit);
        Assert.Contains("machine   no: NoEntry", ran.Out, StringComparison.Ordinal);
        Assert.Contains("NoEntry", (await Ran.LoomAsync("module", "run", _folder["empty.wasm"])).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("(module)", "wat2wasm")]
    [InlineData("PK\u0003\u0004", "begins with the bytes")]
    [InlineData("\0asm\u0001\0\0\0\u0001\u007f", "Copy or build it again")]
    public async Task What_is_no_module_is_named_with_reason_and_remedy(string content, string remedy)
    {
        var file = _folder.Write("bad.wasm", content);
        foreach (var command in (string[])["inspect", "run", "bench"])
        {
            var ran = await Ran.LoomAsync("module", command, file);
            Assert.Equal((2, ""), (ran.Exit, ran.Out));
            Assert.Contains(file, ran.Error, StringComparison.Ordinal);
            Assert.Contains("why:", ran.Error, StringComparison.Ordinal);
            Assert.Contains(remedy, ran.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_huge_file_is_refused_without_being_read_whole()
    {
        using (var file = File.Create(_folder["huge.wasm"]))
        {
            file.SetLength(1L << 40);
        }

        var ran = await Ran.LoomAsync("module", "inspect", _folder["huge.wasm"]);
        Assert.Equal(2, ran.Exit);
        Assert.Contains("more than 8,388,608 bytes", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_chains_states_and_both_back_ends_agree()
    {
        var state = _folder["state"];
        string[] run = ["module", "run", Sample("counter.wasm"), "--type", "increment", "--command", "{ \"by\": 3 }", "--json"];
        var born = (await Ran.LoomAsync([.. run, "-o", state])).Json();
        Assert.Equal("accepted", born.GetProperty("status").GetString());
        Assert.Equal("incremented.v1", born.GetProperty("events")[0].GetProperty("type").GetString());

        var compiled = (await Ran.LoomAsync([.. run, "--state", $"@{state}"])).Json();
        var interpreted = (await Ran.LoomAsync([.. run, "--state", $"@{state}", "--interpreter"])).Json();
        Assert.Equal(6, compiled.GetProperty("state").GetProperty("count").GetInt32());
        foreach (var member in (string[])["state", "events", "fuel"])
        {
            Assert.Equal(compiled.GetProperty(member).GetRawText(), interpreted.GetProperty(member).GetRawText());
        }

        Assert.Equal(("compiled", "interpreted"), (compiled.GetProperty("backEnd").GetString(), interpreted.GetProperty("backEnd").GetString()));
    }

    [Fact]
    public async Task The_frame_of_a_call_is_what_a_prover_gets()
    {
        var frame = _folder["call.frame"];
        await Ran.LoomAsync("module", "run", Sample("counter.wasm"), "--type", "increment", "--command", "{ \"by\": 3 }", "--state", """{"count":1}""", "--frame", frame);
        Assert.True(Wasm.Frames.TryDecode(File.ReadAllBytes(frame), out Wasm.InputFrame parts, out _));
        Assert.Equal(("""{"count":1}""", """{"by":3}"""), (Encoding.UTF8.GetString(parts.State.Span), Encoding.UTF8.GetString(parts.Command.Span)));
        Assert.Contains("\"commandType\":\"increment\"", Encoding.UTF8.GetString(parts.Context.Span), StringComparison.Ordinal);
        Assert.Equal(64, (await Ran.LoomAsync("module", "run", Sample("counter.wasm"), "--vectors", "x.json", "--frame", frame)).Exit);
    }

    [Fact]
    public async Task The_context_reaches_the_machine()
    {
        var ran = await Ran.LoomAsync("module", "run", Sample("counter.wasm"), "--context", """{"commandType":"explode"}""");
        Assert.Equal(1, ran.Exit);
        Assert.Contains("has no command 'explode'", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rejection_is_shown_and_exits_1()
    {
        var ran = await Ran.LoomAsync("module", "run", Sample("counter.wasm"), "--type", "increment", "--command", """{"by":0}""", "--json");
        Assert.Equal(1, ran.Exit);
        Assert.Equal("not-positive", JsonDocument.Parse(ran.Out).RootElement.GetProperty("rejection").GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("endless", "FuelExhausted", "--fuel")]
    [InlineData("unreachable", "Unreachable: unreachable (exit code 2)", "faulty")]
    [InlineData("silent", "no frame of ABI v1", "u32 status")]
    public async Task A_call_without_an_answer_says_why(string which, string why, string remedy)
    {
        var file = _folder.Write("m.wasm", which switch { "endless" => TinyWasm.EndlessLoop, "silent" => TinyWasm.Silent, _ => TinyWasm.Unreachable });
        foreach (var more in (string[][])[[], ["--interpreter"]])
        {
            var ran = await Ran.LoomAsync(["module", "run", file, "--fuel", "100000", .. more]);
            Assert.Equal(1, ran.Exit);
            Assert.Contains(why, ran.Error, StringComparison.Ordinal);
            Assert.Contains(remedy, ran.Error, StringComparison.Ordinal);
        }

        Assert.Equal(1, (await Ran.LoomAsync("module", "bench", file, "--seconds", "0.1", "--context", "{}")).Exit);
    }

    [Theory]
    [InlineData(2, "--command", "{")]
    [InlineData(2, "--context", "[]")]
    [InlineData(2, "--context", """{"clock":1}""")]
    [InlineData(2, "--context", """{"at":"yesterday"}""")]
    [InlineData(2, "--state", "@missing")]
    [InlineData(2, "--vectors", "@missing")]
    [InlineData(64, "--fuel", "-1")]
    [InlineData(64, "--fuel", "many")]
    public async Task Arguments_that_make_no_sense_are_named(int exit, string option, string value)
    {
        var ran = await Ran.LoomAsync("module", "run", Sample("counter.wasm"), option, value);
        Assert.Equal((exit, ""), (ran.Exit, ran.Out));
        Assert.Contains(option == "--state" || option == "--vectors" ? "missing" : option, ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vectors_file_is_played_and_a_difference_is_shown()
    {
        var ran = await Ran.LoomAsync("module", "run", Sample("counter.wasm"), "--vectors", Sample("counter.vectors.json"));
        Assert.StartsWith("20 of 20 steps as expected", ran.Good(), StringComparison.Ordinal);

        var changed = (await File.ReadAllTextAsync(Sample("counter.vectors.json"))).Replace("\"count\":42", "\"count\":43", StringComparison.Ordinal);
        var wrong = await Ran.LoomAsync("module", "run", Sample("counter.wasm"), "--vectors", _folder.Write("v.json", changed), "--json");
        Assert.Equal(1, wrong.Exit);
        var difference = Assert.Single(JsonDocument.Parse(wrong.Out).RootElement.GetProperty("differences").EnumerateArray());
        Assert.Equal((3, 43, 42), (difference.GetProperty("step").GetInt32(), Count(difference, "expected"), Count(difference, "got")));

        static int Count(JsonElement d, string which) => d.GetProperty(which).GetProperty("state").GetProperty("count").GetInt32();
    }

    [Fact]
    public async Task Bench_takes_a_time_that_makes_sense() =>
        Assert.Contains("--seconds", (await Ran.LoomAsync("module", "bench", Sample("counter.wasm"), "--seconds", "-1")).Error, StringComparison.Ordinal);

    [Fact]
    public async Task Bench_shows_both_back_ends_of_one_run()
    {
        var json = (await Ran.LoomAsync("module", "bench", Sample("counter.wasm"), "--vectors", Sample("counter.vectors.json"), "--seconds", "0.2", "--json")).Json();
        Assert.Equal(20, json.GetProperty("calls").GetInt32());
        Assert.Equal(["compiled", "interpreted"], json.GetProperty("backEnds").EnumerateArray().Select(b => b.GetProperty("backEnd").GetString()));
        Assert.All(json.GetProperty("backEnds").EnumerateArray(), b => Assert.True(b.GetProperty("callUs").GetDouble() > 0 && b.GetProperty("firstResultMs").GetDouble() > 0));
        Assert.True(json.GetProperty("fuelPerCall").GetDouble() > 0);
        Assert.Contains("BYTES TO FIRST RESULT", (await Ran.LoomAsync("module", "bench", Sample("counter.wasm"), "--seconds", "0.1")).Good(), StringComparison.Ordinal);
    }
}
