namespace Loom.Interop.Tests;

/// <summary>
/// The official Node clients of EventStoreDB and KurrentDB against an embedded journal that is served: clients that we did not write.
/// The tests themselves are in <c>tests/interop-node/suite</c>.
/// </summary>
public sealed class OfficialClientTests
{
    public static TheoryData<NodeTest> Tests =>
        NodeSuite.Missing is null ? [.. NodeSuite.Clients.SelectMany(c => NodeSuite.TestsOf(c).Select(t => new NodeTest(c, t)))] : [];

    [NodeTheory]
    [MemberData(nameof(Tests))]
    public async Task Works_with(NodeTest test)
    {
        var run = await NodeSuite.OfAsync(test.Client);

        var result = run.Results.SingleOrDefault(r => r.Name == test.Name);
        Assert.True(result is not null, $"The test left no result: {run.Said}");
        Assert.True(result.Passed, result.Message);
    }

    [NodeTheory]
    [InlineData("eventstoredb")]
    [InlineData("kurrentdb")]
    public void Has_tests_of_different_names(string client)
    {
        var names = NodeSuite.TestsOf(client).ToList();

        Assert.NotEmpty(names);
        Assert.Equal(names.Count, names.Distinct().Count());
    }
}
