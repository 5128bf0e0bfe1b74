using Xunit.Abstractions;

namespace Loom.Interop.Tests;

/// <summary>One of the suite's tests with one client, as it is shown.</summary>
public sealed class NodeTest : IXunitSerializable
{
    /// <summary>For the runner, which reads it back.</summary>
    public NodeTest()
    {
    }

    internal NodeTest(string client, string name) => (Client, Name) = (client, name);

    internal string Client { get; private set; } = "";

    internal string Name { get; private set; } = "";

    /// <inheritdoc/>
    public void Deserialize(IXunitSerializationInfo info) => (Client, Name) = (info.GetValue<string>(nameof(Client)), info.GetValue<string>(nameof(Name)));

    /// <inheritdoc/>
    public void Serialize(IXunitSerializationInfo info)
    {
        info.AddValue(nameof(Client), Client);
        info.AddValue(nameof(Name), Name);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Client}, {Name}";
}

/// <summary>The tests in Node as rows; reported as skipped, with the reason, where they cannot run.</summary>
public sealed class NodeTheoryAttribute : TheoryAttribute
{
    /// <summary>Looks for Node, npm and the packages.</summary>
    public NodeTheoryAttribute() => Skip = NodeSuite.Missing;
}
