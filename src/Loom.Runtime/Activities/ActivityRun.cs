using System.Text;
using Loom.Core;
using Loom.Journal.Blobs;
using Loom.Wasm;
using Microsoft.Extensions.Logging;

namespace Loom.Runtime;

/// <summary>One run of a module that is an activity: its input, its output, and what its calls to the host do.</summary>
internal sealed class ActivityRun(byte[] input, ActivityWorld world, WasmActivityOptions options, ILogger log, string activity)
{
    private const int MaxLogLines = 100;
    private const int MaxLogBytes = 2000;
    private const int MaxResult = 512 * 1024;
    private uint _output, _length;
    private int _lines;

    public void Call(string name, string module, Instance caller, ReadOnlySpan<ulong> arguments, Span<ulong> results)
    {
        switch (name)
        {
            case "input_size":
                results[0] = (uint)input.Length;
                break;
            case "input_read":
                Read(caller, (uint)arguments[0], (uint)arguments[1], (uint)arguments[2]);
                break;
            case "output":
                _ = Range(caller, (uint)arguments[0], (uint)arguments[1]);
                (_output, _length) = ((uint)arguments[0], (uint)arguments[1]);
                break;
            case "abort":
                throw new HostTrapException(new Trap(TrapKind.Abort, module == "env" ? "it aborted" : $"it ended itself with loom.abort({(uint)arguments[0] & 0xffff})"));
            case "log":
                Log(Range(caller, (uint)arguments[0], (uint)arguments[1]));
                break;
            case "now":
                results[0] = (ulong)(world.Now() ?? throw Ended("it asked for the time too often, or oftener than in the run that was recorded"));
                break;
            case "random":
                Fill(Range(caller, (uint)arguments[0], (uint)arguments[1]));
                break;
            case "read_blob":
                results[0] = ReadBlob(caller, (uint)arguments[0], (uint)arguments[1], (uint)arguments[2]);
                break;
        }
    }

    /// <exception cref="ActivityException">The output is no JSON.</exception>
    public byte[] Result(Instance instance)
    {
        try
        {
            return _length > MaxResult
                ? throw new FormatException($"it has {_length} bytes, at most {MaxResult} are taken")
                : CanonicalJson.Canonicalize(instance.LinearMemory!.Slice(_output, _length).ToArray());
        }
        catch (FormatException e)
        {
            throw new ActivityException("module-output-invalid", $"The result of the activity '{activity}' cannot be taken: {e.Message}", retry: false, e);
        }
    }

    private void Read(Instance caller, uint target, uint from, uint length)
    {
        if ((ulong)from + length > (ulong)input.Length)
        {
            throw Ended("it read beyond the end of its input");
        }

        var room = Range(caller, target, length);
        input.AsSpan((int)from, (int)length).CopyTo(room);
    }

    private void Log(ReadOnlySpan<byte> line)
    {
        if (_lines++ < MaxLogLines)
        {
            log.LogInformation("The activity {Activity} says: {Line}", activity, Printable.Text(Encoding.UTF8.GetString(line.Length > MaxLogBytes ? line[..MaxLogBytes] : line)));
        }
    }

    private void Fill(Span<byte> target)
    {
        if (!world.Fill(target))
        {
            throw Ended("it asked for more randomness than it may have, or than the run that was recorded had");
        }
    }

    // Which blob is said by its hash, so what comes back needs no journaling: it is the same for ever.
    private uint ReadBlob(Instance caller, uint hash, uint target, uint room)
    {
        var name = new BlobName(BlobAreas.Activities, new Digest(Range(caller, hash, Digest.Size)));
        try
        {
            if (options.Blobs?.GetAsync(name, CancellationToken.None).GetAwaiter().GetResult() is not { } content)
            {
                return uint.MaxValue;
            }

            var bytes = content.Span[..(int)Math.Min((uint)content.Length, room)];
            bytes.CopyTo(Range(caller, target, (uint)bytes.Length));
            return (uint)content.Length;
        }
        catch (BlobException e)
        {
            throw new HostTrapException(new Trap(TrapKind.Host, e.Message));
        }
    }

    private static Span<byte> Range(Instance caller, uint offset, uint length)
    {
        caller.Charge(length / 8);
        return caller.LinearMemory!.Slice(offset, length);
    }

    private static HostTrapException Ended(string why) => new(new Trap(TrapKind.MemoryOutOfBounds, why));
}
