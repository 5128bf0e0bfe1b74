using Loom.Testing;
using Xunit;

namespace Loom.Contracts;

public abstract partial class JournalContract
{
    /// <summary>How many seeds this journal's share of the property is.</summary>
    protected virtual int ModelSeeds => Tier.Count(ci: 60, @long: 4000);

    [Fact]
    public async Task Random_operations_on_streams_end_as_the_model_says()
    {
        var first = Seeds.First("streams");
        for (var seed = first; seed < first + ModelSeeds; seed++)
        {
            await new StreamPropertyRun(Journal, Clock, seed).RunAsync(async () =>
            {
                await InitializeAgainAsync();
                return Journal;
            });
        }
    }
}
