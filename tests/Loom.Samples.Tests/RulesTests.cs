using Loom.Core;
using Loom.Samples.BankLedger;
using Loom.Samples.ExpenseDeclarations;

namespace Loom.Samples.Tests;

public sealed class RulesTests
{
    [Fact]
    public void The_samples_keep_the_rules_of_machines()
    {
        Assert.Empty(MachineRules.Check(typeof(AccountMachine).Assembly));
        Assert.Empty(MachineRules.Check(typeof(DeclarationMachine).Assembly));
    }
}
