using Loom.Cli.Testing;

namespace Loom.Cli.Tests.Testing;

public sealed class CargoRunTests
{
    private const string Output = """

        running 3 tests
        test tests::adds ... ok
        test tests::divides - should panic ... ok
        test tests::needs_data ... ok

        successes:

        ---- tests::adds stdout ----
        [adder] LOOM_SEED=12
        something else

        ---- tests::needs_data stdout ----
        [skip] The shared data was not found: set LOOM_SHARED.


        successes:
            tests::adds

        test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s


        running 3 tests
        test tests::adds ... FAILED
        test tests::slow ... ignored, only in the long tier
        test src/lib.rs - Adder (line 3) ... ok

        failures:

        ---- tests::adds stdout ----
        thread 'tests::adds' panicked at src/lib.rs:3:9:
        assertion failed

        failures:
            tests::adds

        test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
        error: 1 target failed
        """;

    [Fact]
    public void What_cargo_prints_becomes_passed_failed_and_skipped_tests()
    {
        var run = CargoRun.Read(Output, 101, TimeSpan.Zero);

        Assert.Equal(3, run.Passed);
        var failed = Assert.Single(run.Failed);
        Assert.Equal("tests::adds", failed.Name);
        Assert.Contains("assertion failed", failed.Message, StringComparison.Ordinal);
        Assert.Equal(
            [new SkippedTest("tests::needs_data", "The shared data was not found: set LOOM_SHARED."), new SkippedTest("tests::slow", "only in the long tier")],
            run.Skipped);
        Assert.Equal(["[adder] LOOM_SEED=12"], run.Notes);
    }

    [Fact]
    public void A_build_that_fails_is_a_failure_with_its_output()
    {
        var run = CargoRun.Read("error[E0308]: mismatched types\nerror: could not compile", 101, TimeSpan.Zero);

        Assert.Contains("E0308", Assert.Single(run.Failed).Message, StringComparison.Ordinal);
        Assert.Equal(0, run.Passed);
    }

    [Fact]
    public void In_the_long_tier_each_crate_is_a_suite_of_its_own()
    {
        Assert.Equal(["prover"], CargoRun.Suites(Loom.Testing.TestData.Root, crateByCrate: false));
        var crates = CargoRun.Suites(Loom.Testing.TestData.Root, crateByCrate: true);
        Assert.Equal("prover:checks", crates[0]);
        Assert.Contains("prover:vm", crates);
        Assert.Equal(1 + Directory.GetDirectories(Path.Combine(Loom.Testing.TestData.Root, "prover", "crates")).Length, crates.Count);
    }

    [Theory]
    [InlineData("needs clang: apt-get install clang", true)]
    [InlineData("The prover's tests need Rust 1.88 or later: https://rustup.rs, or apt-get install rustup where your system has it.", true)]
    [InlineData("needs loom-prover: cargo build --release in prover/, or LOOM_PROVER", true)]
    [InlineData("needs the npm packages p and q, which could not be fetched: (cd tests/interop-node && npm ci)", true)]
    [InlineData("long tier only: LOOM_TIER=long", false)]
    [InlineData("needs the test data wasm-spec; set LOOM_SHARED to the folder that holds it", false)]
    public void A_missing_program_is_told_from_other_reasons_to_skip(string reason, bool missing) =>
        Assert.Equal(missing, Commands.TestCommand.IsForAMissingProgram(reason));
}
