using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Loom.Contracts;

/// <summary>The contract runs on something outside that a variable names; where it is not set, every test of the class is reported as skipped.</summary>
/// <param name="variable">The variable.</param>
/// <param name="form">What it is set to.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsVariableAttribute(string variable, string form) : Attribute
{
    /// <summary>The variable.</summary>
    public string Variable => variable;

    /// <summary>What it is set to.</summary>
    public string Form => form;
}

/// <summary>One test of the contract that this implementation cannot be asked, or keeps in a way of its own; it is reported as skipped.</summary>
/// <param name="test">The test's name.</param>
/// <param name="reason">Why.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class DoesNotHoldHereAttribute(string test, string reason) : Attribute
{
    /// <summary>The test's name.</summary>
    public string Test => test;

    /// <summary>Why.</summary>
    public string Reason => reason;
}

/// <summary>A test of a contract: a fact, unless the class that derives the contract says that it does not run there.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Loom.Contracts.ContractFactDiscoverer", "Loom.Contracts")]
public sealed class ContractFactAttribute : FactAttribute;

/// <summary>A test of a contract with data, one test a row.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Loom.Contracts.ContractTheoryDiscoverer", "Loom.Contracts")]
public sealed class ContractTheoryAttribute : TheoryAttribute;

/// <summary>Called by xunit.</summary>
public sealed class ContractFactDiscoverer(IMessageSink diagnostics) : FactDiscoverer(diagnostics)
{
    /// <inheritdoc/>
    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        new ContractTestCase(DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod, null);
}

/// <summary>Called by xunit.</summary>
public sealed class ContractTheoryDiscoverer(IMessageSink diagnostics) : TheoryDiscoverer(diagnostics)
{
    /// <inheritdoc/>
    protected override IEnumerable<IXunitTestCase> CreateTestCasesForDataRow(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo theoryAttribute, object[] dataRow) =>
        [new ContractTestCase(DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod, dataRow)];
}

/// <summary>Called by xunit.</summary>
public sealed class ContractTestCase : XunitTestCase
{
    /// <summary>For deserialization.</summary>
    [Obsolete("Called by the deserializer only.")]
    public ContractTestCase()
    {
    }

    /// <summary>Makes one.</summary>
    public ContractTestCase(IMessageSink diagnostics, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method, object[]? arguments)
        : base(diagnostics, display, options, method, arguments)
    {
    }

    /// <inheritdoc/>
    protected override string? GetSkipReason(IAttributeInfo factAttribute)
    {
        var derived = TestMethod.TestClass.Class;
        return base.GetSkipReason(factAttribute) ?? Missing(derived) ?? Excepted(derived, TestMethod.Method.Name);
    }

    private static string? Missing(ITypeInfo derived) =>
        derived.GetCustomAttributes(typeof(NeedsVariableAttribute)).FirstOrDefault()?.GetConstructorArguments().Cast<string>().ToList() is [var variable, var form]
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable))
            ? $"needs {variable}={form}"
            : null;

    private static string? Excepted(ITypeInfo derived, string test) => derived.GetCustomAttributes(typeof(DoesNotHoldHereAttribute))
        .Select(a => a.GetConstructorArguments().Cast<string>().ToList())
        .FirstOrDefault(a => a[0] == test)?[1];
}
