using System.Text;
using System.Text.Json;
using Loom.Core;
using Loom.Testing;
using Loom.Wasm;

namespace Loom.Samples.Tests.Modules;

/// <summary>
/// The guest kits against bytes that nobody meant: frames that are none, and bodies with changed characters. The platform hands over canonical
/// JSON only; a kit must not rely on it for more than the body's meaning.
/// </summary>
public sealed class NoiseTests
{
    private const int MaxDepth = 64;
    private const string Alphabet = "{}[]\",:\\u0019aef.-+ tnE\n\té𝄞\u0007";

    public static TheoryData<string> Names() => PinnedModule.Names();

    // The C kit reads what the platform keeps, without looking for mistakes; echo does not read at all.
    public static TheoryData<string> Readers() =>
        [.. PinnedModule.All.Select(m => m.Name).Where(n => n != "counter-c" && !n.StartsWith("echo", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Names))]
    public void Bytes_that_are_no_frames_end_the_call_and_nothing_else(string name)
    {
        var machine = PinnedModule.Of(name).Machine;
        var random = new Random(7);
        foreach (var length in (int[])[0, 1, 4, 11, 12, 13, 40, 4000])
        {
            var noise = new byte[length];
            random.NextBytes(noise);
            var run = machine.Call(noise);
            Assert.True(run.Trap is { Kind: TrapKind.Abort }, $"{length} bytes: {run.Trap}, {run.Output.Length} bytes of output");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_state_of_something_else_ends_the_call_or_is_refused(string name)
    {
        var machine = PinnedModule.Of(name).Machine;
        var step = PinnedModule.Of(name).Vectors.Steps[^1];
        var context = new MachineContext("counter-1", Timestamp.Parse("2026-01-01T00:00:00.000000Z"), "c", step.Command, "alice", 1, []);
        foreach (var state in (string[])["{", "[]", "7", "{\"count\":\"7\"}", "{\"balance\":12}", "\u0001"])
        {
            var run = machine.Call(Frames.Encode(Encoding.UTF8.GetBytes(state), step.Body, context.ToCanonicalJson()));
            Assert.True(run.Trap is null or { Kind: TrapKind.Abort }, $"{state}: {run.Trap}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_body_with_changed_characters_never_traps(string name)
    {
        foreach (var (_, _) in Answers(name))
        {
            // Every answer was checked to be one.
        }
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void A_body_that_is_no_JSON_is_refused_as_such(string name)
    {
        var refused = 0;
        foreach (var (body, answer) in Answers(name))
        {
            if (!IsJson(body))
            {
                refused++;
                Assert.True(
                    !answer.Accepted && JsonDocument.Parse(answer.State).RootElement.GetProperty("code").GetString() is "invalid-command" or "unknown-command",
                    $"{body} → {answer}");
            }

            Assert.True(CanonicalJson.IsCanonical(answer.State), $"{body} → {answer}");
        }

        Assert.True(refused > 5, $"Only {refused} bodies were no JSON.");
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void Bodies_nest_as_deep_as_the_platform_reads(string name)
    {
        var module = PinnedModule.Of(name);
        var machine = module.Machine;
        var command = module.Vectors.Steps.First(s => s.Answer.Contains("\"events\"", StringComparison.Ordinal)).Command;
        var context = new MachineContext(module.Vectors.Actor, Timestamp.Parse(module.Vectors.At), "c", command, "alice", 0, []);
        foreach (var depth in (int[])[1, MaxDepth - 1, MaxDepth, 1000, 200_000])
        {
            var body = Encoding.UTF8.GetBytes($"{{\"x\":{new string('[', depth)}{new string(']', depth)}}}");
            var answer = machine.Decide(context, [], body);
            Assert.Equal(
                depth + 1 > MaxDepth, Encoding.UTF8.GetString(answer.State).Contains("it nests too deep", StringComparison.Ordinal));
        }
    }

    private static IEnumerable<(string Body, ModuleAnswer Answer)> Answers(string name)
    {
        var module = PinnedModule.Of(name);
        var machine = module.Machine;
        var run = SeedRun.Start($"noise in bodies of {name}", Tier.Count(ci: 6, @long: 2_000));
        var vectors = module.Vectors;
        foreach (var seed in run.Left)
        {
            var random = new Random(seed);
            byte[] state = [];
            var number = 0;
            foreach (var step in vectors.Steps)
            {
                var context = new MachineContext(
                    vectors.Actor, Timestamp.Parse(vectors.At), $"command-{++number}", step.Command, step.Principal, number, step.Roles);
                var body = Change(Encoding.UTF8.GetString(step.Body), random);
                yield return (body, machine.Decide(context, state, Encoding.UTF8.GetBytes(body)));
                var answer = machine.Decide(context, state, step.Body);
                state = answer.Accepted ? answer.State : state;
            }

            run.Finish([]);
        }
    }

    private static string Change(string text, Random random)
    {
        var runes = text.EnumerateRunes().ToList();
        var alphabet = Alphabet.EnumerateRunes().ToArray();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var at = random.Next(runes.Count + 1);
            if (at == runes.Count || random.Next(3) == 0) runes.Insert(at, alphabet[random.Next(alphabet.Length)]);
            else if (random.Next(2) == 0) runes.RemoveAt(at);
            else runes[at] = alphabet[random.Next(alphabet.Length)];
        }

        return string.Concat(runes);
    }

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
