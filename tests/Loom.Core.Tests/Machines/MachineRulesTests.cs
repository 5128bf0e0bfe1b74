using Loom.Core;

namespace Loom.Core.Tests.Machines;

public sealed class MachineRulesTests
{
    private static readonly IReadOnlyList<MachineFinding> Findings = MachineRules.Check(typeof(MachineRulesTests).Assembly);

    [Theory]
    [InlineData("ClockMachine", "Decide", "System.DateTimeOffset.get_UtcNow")]
    [InlineData("ClockMachine", "Decide", "System.DateTimeOffset.get_Now")]
    [InlineData("ClockMachine", "Decide", "System.DateTime.get_Today")]
    [InlineData("ClockMachine", "Decide", "System.Guid.NewGuid")]
    [InlineData("ClockMachine", "Evolve", "System.Random.get_Shared")]
    [InlineData("IndirectMachine", "Evolve", "System.Threading.Tasks.Task.Run")]
    [InlineData("Helper", "Read", "System.IO.File.ReadAllText")]
    public void A_call_that_cannot_be_repeated_is_found(string type, string member, string call) =>
        Assert.Contains(Findings, f => f.Type == $"Loom.Core.Tests.Machines.Offenders.{type}" && f.Member == member && f.Found == $"uses {call}");

    [Fact]
    public void It_is_found_in_a_lambda() =>
        Assert.Contains(Findings, f => f.Type.Contains("IndirectMachine", StringComparison.Ordinal) && f.Found == "uses System.Environment.get_MachineName");

    [Theory]
    [InlineData("BadState", "Count", "System.Int64")]
    [InlineData("Inner", "Ratio", "System.Double")]
    [InlineData("Inner", "Prices", "System.Decimal")]
    [InlineData("Go", "Amount", "System.UInt64")]
    [InlineData("Gone", "Weight", "System.Single")]
    public void A_bare_number_that_json_does_not_keep_is_found(string type, string member, string number) =>
        Assert.Contains(Findings, f => f.Type == $"Loom.Core.Tests.Machines.Offenders.{type}" && f.Member == member && f.Found == $"a bare {number}");

    [Fact]
    public void Nothing_else_is_found()
    {
        Assert.DoesNotContain(Findings, f => f.Type.Contains("NotAMachine", StringComparison.Ordinal));
        Assert.DoesNotContain(Findings, f => f.Member is "Fine" or "Ok" or "Money");
        Assert.All(Findings, f => Assert.Contains("Offenders", f.Type, StringComparison.Ordinal));
        Assert.All(Findings, f => Assert.NotEmpty(f.Remedy));
    }

    [Fact]
    public void A_file_that_is_no_assembly_is_refused()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "not an assembly");
        Assert.Throws<FormatException>(() => MachineRules.Check(file));
        File.Delete(file);
    }
}
