using System.Text;
using Loom.Core;
using Loom.Runtime;
using Loom.Testing;
using Loom.Wasm;

namespace Loom.Proving.Tests;

public sealed class FrameTests
{
    [Fact]
    public async Task Frames_rebuilt_from_the_journal_are_what_the_module_gives_in_any_order_of_asking()
    {
        await using var bench = new Bench();
        var actors = await bench.ActorsAsync();
        await actors.Open("ledger-a");
        for (var i = 1; i < 20; i++)
        {
            await actors.Deposit("ledger-a", i);
        }

        var sample = SampleModule.Of("bank-ledger");
        var module = MachineModule.Make(TieredModule.Make(WasmModule.Load(sample.Wasm, ModuleLimits.Default), new ExecutableOptions()));
        var frames = new FrameReader(bench.Memory, actors.Modules, bench.Blobs);
        var seed = Seeds.First("frames");
        var random = new Random(seed);
        foreach (var revision in Enumerable.Range(0, 20).Concat(Enumerable.Range(0, 20).Select(_ => random.Next(20))))
        {
            var read = await frames.ReadAsync(ActorId.Parse("ledger-a"), revision, default);

            Assert.Equal(revision, read.Transition.Link.Revision);
            Assert.Equal(read.Output.ToArray(), module.Run(read.Input.Span).Output.ToArray());
            Assert.True(Frames.TryDecode(read.Output, out OutputFrame output, out _));
            Assert.True(output.Accepted);
            Assert.Equal(read.Transition.Link.To, Salts.DigestOf(read.Transition.Opening.PartSalt(Salts.To)!, output.State.Span));
            Assert.True(Frames.TryDecode(read.Input, out InputFrame input, out _));
            Assert.Equal(revision == 0, input.State.IsEmpty);
        }
    }

    [Fact]
    public async Task What_is_no_transition_of_a_module_is_refused_by_name()
    {
        await using var bench = new Bench();
        var actors = await bench.ActorsAsync();
        await actors.Open("ledger-a");
        var frames = new FrameReader(bench.Memory, actors.Modules, bench.Blobs);

        Assert.Equal("no-transition", (await Assert.ThrowsAsync<HistoryException>(() => frames.ReadAsync(ActorId.Parse("ledger-a"), 1, default))).Code);
        Assert.Equal("no-transition", (await Assert.ThrowsAsync<HistoryException>(() => frames.ReadAsync(ActorId.Parse("ledger-b"), 0, default))).Code);
    }

    [Fact]
    public async Task An_upgrade_is_no_run_of_a_module_and_frames_after_it_are_those_of_the_new_one()
    {
        await using var bench = new Bench();
        var first = SampleModule.Make(TinyModule.Accepting("\"one\"", """[{"type":"happened.v1","data":1}]"""));
        var second = SampleModule.Make(TinyModule.Accepting("\"two\"", """[{"type":"happened.v1","data":2}]"""), version: 2);
        var before = await bench.ActorsAsync(first);
        await before.Send("tiny-a", "go", "{}");
        await before.Runtime.DisposeAsync();
        var after = await bench.ActorsAsync(second);
        await after.Send("tiny-a", "go", "{}");
        var frames = new FrameReader(bench.Memory, after.Modules, bench.Blobs);

        Assert.Equal("upgrade", (await Assert.ThrowsAsync<HistoryException>(() => frames.ReadAsync(ActorId.Parse("tiny-a"), 1, default))).Code);
        var read = await frames.ReadAsync(ActorId.Parse("tiny-a"), 2, default);

        Assert.Equal(2, read.Module.Manifest.Version);
        Assert.True(Frames.TryDecode(read.Input, out InputFrame input, out _));
        Assert.Equal("\"one\"", Encoding.UTF8.GetString(input.State.Span));
        Assert.True(Frames.TryDecode(read.Output, out OutputFrame output, out _));
        Assert.Equal("\"two\"", Encoding.UTF8.GetString(output.State.Span));
    }
}
