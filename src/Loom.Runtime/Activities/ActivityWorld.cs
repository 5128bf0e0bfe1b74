using System.Buffers;
using System.Text.Json;
using Loom.Core;

namespace Loom.Runtime;

/// <summary>
/// What one run of a module saw of the world: the clock and the randomness that it was given, in order. Written down, it is the evidence that is
/// journaled with the outcome; read again, it gives the same run once more.
/// </summary>
internal sealed class ActivityWorld
{
    private const int MaxValues = 10_000;
    private const int MaxRandom = 64 * 1024;
    private readonly Func<long>? _clock;
    private readonly Func<int, byte[]>? _random;
    private readonly List<long> _times = [];
    private readonly List<byte> _bytes = [];
    private int _nextTime, _nextByte;

    private ActivityWorld(Func<long>? clock, Func<int, byte[]>? random) => (_clock, _random) = (clock, random);

    public static ActivityWorld Live(TimeProvider time, Func<int, byte[]> random) =>
        new(() => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, random);

    /// <exception cref="FormatException">The bytes are no such evidence, or of another module.</exception>
    public static ActivityWorld Recorded(ReadOnlyMemory<byte> evidence, MachineId module)
    {
        try
        {
            using var document = JsonDocument.Parse(evidence);
            var root = document.RootElement;
            if (root.GetProperty("module").GetString() != module.Value)
            {
                throw new FormatException($"The evidence is of {root.GetProperty("module").GetString()}, not of {module}.");
            }

            var world = new ActivityWorld(null, null);
            world._times.AddRange(root.GetProperty("clock").EnumerateArray().Select(t => t.GetInt64()));
            world._bytes.AddRange(Convert.FromHexString(root.GetProperty("random").GetString() ?? ""));
            return world;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException($"The bytes are no evidence of a module's run: {e.Message}", e);
        }
    }

    /// <summary>The next value of the clock; null when it may have no more, or the record has none.</summary>
    public long? Now()
    {
        if (_clock is not null)
        {
            if (_times.Count == MaxValues)
            {
                return null;
            }

            _times.Add(_clock());
        }

        return _nextTime < _times.Count ? _times[_nextTime++] : null;
    }

    /// <summary>Fills with randomness; false when it may have no more, or the record has not enough.</summary>
    public bool Fill(Span<byte> target)
    {
        if (_random is not null)
        {
            if (target.Length > MaxRandom - _bytes.Count)
            {
                return false;
            }

            _bytes.AddRange(_random(target.Length));
        }

        if (target.Length > _bytes.Count - _nextByte)
        {
            return false;
        }

        _bytes.CopyTo(_nextByte, target);
        _nextByte += target.Length;
        return true;
    }

    public byte[] Write(MachineId module)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        var json = new CanonicalJsonWriter(buffer);
        json.StartObject();
        json.Name("clock");
        json.StartArray();
        foreach (var time in _times)
        {
            json.Integer(time);
        }

        json.EndArray();
        json.Name("module");
        json.String(module.Value);
        json.Name("random");
        json.String(Convert.ToHexStringLower([.. _bytes]));
        json.EndObject();
        return buffer.WrittenSpan.ToArray();
    }
}

internal static class ListOfBytes
{
    public static void CopyTo(this List<byte> bytes, int from, Span<byte> target) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes).Slice(from, target.Length).CopyTo(target);
}
