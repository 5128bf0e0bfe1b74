using System.Text;
using System.Text.Json;
using Loom.Core;
using Loom.Testing;

namespace Loom.Core.Tests.Machines;

/// <summary>What an old version stored, the new one loads.</summary>
public sealed class GoldenStreamTests
{
    private static readonly ThermostatV2 Machine = new();

    [Fact]
    public void A_stream_of_version_1_loads_in_version_2()
    {
        MachineState? state = null;
        var states = new List<string>();
        foreach (var (type, data) in Stored())
        {
            state = Machine.Evolve(state, type, data);
            states.Add(Encoding.UTF8.GetString(state.Bytes.Span));
        }

        Assert.Equal(
            [
                """{"room":"library","tenths":200}""",
                """{"room":"library","tenths":190}""",
                """{"room":"library","tenths":220}""",
                """{"room":"library","tenths":50}""",
                """{"room":"library","tenths":180}""",
            ],
            states);
    }

    [Fact]
    public void And_takes_commands_from_there()
    {
        var state = Stored().Aggregate((MachineState?)null, (s, e) => Machine.Evolve(s, e.Type, e.Data));
        var context = new MachineContext("thermostat-1", Timestamp.Parse("2026-01-01T00:00:00.000000Z"), "c1", "set", "test", 5, []);
        var accepted = Assert.IsType<MachineOutcome.Accepted>(Machine.Decide(state, "set", "{\"tenths\":215}"u8.ToArray(), context));
        Assert.Equal("set.v2", Assert.Single(accepted.Events).Type);
        Assert.Equal("""{"room":"library","tenths":215}""", Encoding.UTF8.GetString(accepted.State.Bytes.Span));
        Assert.True(Machine.Restore(accepted.State.Bytes).Bytes.Span.SequenceEqual(accepted.State.Bytes.Span));
    }

    [Fact]
    public void An_event_that_nobody_upcasts_is_refused_by_name()
    {
        var e = Assert.Throws<FormatException>(() => Machine.Evolve(null, "exploded.v1", "{}"u8.ToArray()));
        Assert.Contains("exploded.v1", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("set.v2", "{}")]
    [InlineData("set.v2", "null")]
    [InlineData("set.v2", """{"tenths":"warm"}""")]
    public void An_event_whose_body_does_not_fit_is_refused(string type, string data) =>
        Assert.Throws<FormatException>(() => Machine.Evolve(null, type, Encoding.UTF8.GetBytes(data)));

    private static IEnumerable<(string Type, byte[] Data)> Stored() =>
        from line in File.ReadLines(Path.Combine(TestData.Root, "tests", "Loom.Core.Tests", "golden", "thermostat-v1.ndjson"))
        let e = JsonDocument.Parse(line).RootElement
        select (e.GetProperty("type").GetString()!, Encoding.UTF8.GetBytes(e.GetProperty("data").GetRawText()));
}
