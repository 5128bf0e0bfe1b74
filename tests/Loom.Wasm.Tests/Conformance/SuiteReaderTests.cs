using Loom.Testing;

namespace Loom.Wasm.Tests.Conformance;

public sealed class SuiteReaderTests
{
    [SharedDataFact(SuiteFile.Marker)]
    public void The_suite_is_read_whole()
    {
        var commands = SuiteFile.All.SelectMany(f => f.Commands).ToList();

        Assert.Equal(27_923, commands.Count);
        Assert.Equal(567, commands.Count(c => SuiteLists.Skipped(c) is not null));
        Assert.All(commands.Where(c => c.Type == "assert_return"), c => Assert.NotNull(c.Action));
        Assert.All(commands.Where(c => c.Type == "register"), c => Assert.NotNull(c.As));
    }
}
