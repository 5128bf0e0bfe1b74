using System.Reflection;

namespace Loom.Architecture.Tests;

/// <summary>What the libraries show to the world.</summary>
public sealed class PublicTypeTests
{
    [Theory]
    [InlineData("Loom.Core")]
    [InlineData("Loom.Journal")]
    [InlineData("Loom.EventStoreDb")]
    [InlineData("Loom.Coordination")]
    [InlineData("Loom.Runtime")]
    [InlineData("Loom.Provenance")]
    public void Public_classes_are_sealed_or_made_to_be_derived_from(string library)
    {
        var open = Assembly.Load(library).GetExportedTypes()
            .Where(t => t.IsClass && !t.IsSealed && !t.IsAbstract)
            .Select(t => t.FullName);

        Assert.Empty(open);
    }
}
