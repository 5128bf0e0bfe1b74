namespace Loom.Wasm.Tests;

public sealed class FunctionTypeTests
{
    [Fact]
    public void Types_with_the_same_lists_are_equal()
    {
        var one = new FunctionType([ValueType.I32, ValueType.F64], [ValueType.I64]);
        var same = new FunctionType([ValueType.I32, ValueType.F64], [ValueType.I64]);
        var shifted = new FunctionType([ValueType.I32], [ValueType.F64, ValueType.I64]);

        Assert.Equal(one, same);
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(one, shifted);
        Assert.Equal("(i32, f64) -> (i64)", one.ToString());
    }
}
