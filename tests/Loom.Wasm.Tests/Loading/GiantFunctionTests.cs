using Loom.Wasm.Tests.Building;

namespace Loom.Wasm.Tests.Loading;

/// <summary>Functions made to be slow to compile. What the compiler does by itself (the platform's part aside) is proportional to the code.</summary>
public sealed class GiantFunctionTests
{
    private const ValueType I = ValueType.I32;

    /// <summary>Name, the code at size n.</summary>
    private static readonly Dictionary<string, Action<ByteWriter, int>> Shapes = new()
    {
        ["many operands that wait while locals change"] = static (w, n) =>
        {
            for (var i = 0; i < n; i++) w.Bytes([0x20, 0x00]);
            for (var i = 0; i < n; i++) w.Bytes([0x20, 0x01, 0x21, 0x01]);
            for (var i = 1; i < n; i++) w.Bytes([0x6a]);
        },
        ["many operands below many branches"] = static (w, n) =>
        {
            for (var i = 0; i < n; i++) w.Bytes([0x20, 0x00]);
            for (var i = 0; i < n; i++) w.Bytes([0x02, 0x40, 0x20, 0x00, 0x0d, 0x00, 0x0b]);
            for (var i = 1; i < n; i++) w.Bytes([0x6a]);
        },
        ["many loads from the same local"] = static (w, n) =>
        {
            w.Bytes([0x41, 0x00]);
            for (var i = 0; i < n; i++) w.Bytes([0x20, 0x00, 0x28, 0x02, 0x00, 0x6a]);
        },
        ["a deep expression"] = static (w, n) =>
        {
            w.Bytes([0x20, 0x00]);
            for (var i = 0; i < n; i++) w.Bytes([0x41, 0x01, 0x6a]);
        },
    };

    public static TheoryData<string> Names => [.. Shapes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Compiling_takes_memory_in_proportion_to_the_code(string shape)
    {
        Allocated(shape, 500);
        var small = Allocated(shape, 1_000);
        var large = Allocated(shape, 8_000);

        Assert.True(large < small * 24, $"{small} bytes for 1,000, {large} for 8,000");
    }

    private static long Allocated(string shape, int size)
    {
        var builder = new ModuleBuilder();
        builder.Memory(1, null);
        builder.Export("run", ExternalKind.Function, builder.Function([I], [I], w => Shapes[shape](w, size), I));
        var module = WasmModule.Load(builder.Build());
        var before = GC.GetAllocatedBytesForCurrentThread();
        CompiledModule.Compile(module, new ExecutableOptions());
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
