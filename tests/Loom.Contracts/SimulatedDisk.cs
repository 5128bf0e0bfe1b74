using Loom.Journal.Embedded;

namespace Loom.Contracts;

/// <summary>The machine stopped in the middle of a disk operation.</summary>
public sealed class SimulatedCrashException() : IOException("The simulated machine crashed.");

/// <summary>A mistake around fsync, planted below the journal to show that the simulation finds it.</summary>
public enum SyncMistake
{
    None,

    /// <summary>Every third sync of a file is skipped.</summary>
    Skipped,

    /// <summary>A sync makes durable what the one before it should have: what is acknowledged now is safe one sync later.</summary>
    Late,

    /// <summary>The first sync of a file is skipped: it gets its name before its bytes are safe.</summary>
    First,
}

/// <summary>
/// A disk in memory that is as unkind as a real one may be: at a crash any subset of the sectors written since the last sync is lost (so
/// writes tear and reorder), lengths and names fall back, and before that operations fail. Everything follows from the seed.
/// </summary>
public sealed class SimulatedDisk(Random random) : IDisk
{
    private const int Sector = 512;

    private Dictionary<string, Inode> _names = [];
    private Dictionary<string, Inode> _durableNames = [];
    private int _generation;
    private int _crashIn = -1;
    private int _syncs;

    /// <summary>How often each fault struck.</summary>
    public SortedDictionary<string, int> Faults { get; } = new(StringComparer.Ordinal);

    /// <summary>Probability that a write finds the disk full.</summary>
    public double Full { get; set; }

    /// <summary>Probability that a write fails.</summary>
    public double WriteError { get; set; }

    /// <summary>Probability that a sync (of a file or folder) fails.</summary>
    public double SyncError { get; set; }

    /// <summary>Probability that a read fails.</summary>
    public double ReadError { get; set; }

    /// <summary>A planted mistake.</summary>
    public SyncMistake Mistake { get; init; }

    public bool HasCrashed { get; private set; }

    /// <summary>The machine stops at the operation after so many more.</summary>
    public void CrashIn(int operations) => _crashIn = operations;

    public void NoFaults()
    {
        (Full, WriteError, SyncError, ReadError) = (0, 0, 0, 0);
        _crashIn = -1;
    }

    /// <summary>The machine stops now, if it has not yet, and starts again with what the disk kept.</summary>
    public void Restart()
    {
        if (!HasCrashed)
        {
            Count("crash between operations");
        }

        HasCrashed = false;
        _crashIn = -1;
        _generation++;
        var kept = new Dictionary<string, Inode>();
        foreach (var name in _names.Keys.Union(_durableNames.Keys).Order(StringComparer.Ordinal))
        {
            var current = _names.GetValueOrDefault(name);
            var durable = _durableNames.GetValueOrDefault(name);
            if (current != durable)
            {
                var isLost = random.Next(2) == 0;
                Count(isLost ? "name lost" : "unsynced name kept");
                current = isLost ? durable : current;
            }

            if (current is not null)
            {
                kept[name] = current;
            }
        }

        foreach (var inode in kept.Values.Distinct())
        {
            inode.Crash(random, Count);
        }

        _names = kept;
        _durableNames = new(kept);
    }

    /// <summary>Turns one bit of a file round, at rest.</summary>
    public void Flip(string path, long bit)
    {
        _names[path].Flip(bit);
        Count("bit flipped");
    }

    public long LengthOf(string path) => _names[path].Length;

    public IReadOnlyList<string> Paths => [.. _names.Keys.Order(StringComparer.Ordinal)];

    public void CreateDirectory(string directory) => Step();

    public bool DirectoryExists(string directory) => true;

    public IReadOnlyList<string> ListFiles(string directory)
    {
        Step();
        return [.. _names.Keys.Where(n => Path.GetDirectoryName(n) == directory).Select(n => Path.GetFileName(n))];
    }

    // Folders are no things of their own here: a folder is there as long as a file in it is.
    public IReadOnlyList<string> ListDirectories(string directory)
    {
        Step();
        return [.. _names.Keys.Where(n => n.StartsWith(directory + "/", StringComparison.Ordinal))
            .Select(n => n[(directory.Length + 1)..]).Where(n => n.Contains('/')).Select(n => n[..n.IndexOf('/')]).Distinct().Order(StringComparer.Ordinal)];
    }

    public DateTimeOffset WrittenAt(string path) =>
        _names.ContainsKey(path) ? DateTimeOffset.UnixEpoch : throw new FileNotFoundException($"There is no {path}.");

    public IDiskFile Open(string path, DiskAccess access)
    {
        Step();
        if (!_names.TryGetValue(path, out var inode))
        {
            if (access == DiskAccess.Read)
            {
                throw new FileNotFoundException($"There is no {path}.");
            }

            _names[path] = inode = new Inode();
        }

        return new SimulatedFile(this, inode, _generation);
    }

    public void Rename(string from, string to)
    {
        Step();
        _names[to] = _names[from];
        _names.Remove(from);
    }

    public void Delete(string path)
    {
        Step();
        _names.Remove(path);
    }

    public void SyncDirectory(string directory)
    {
        Step();
        FailSometimes(SyncError, "folder sync failed");
        _durableNames = new(_names);
    }

    public IDisposable? TryLock(string path, out int? holder)
    {
        holder = null;
        return new MemoryStream();
    }

    private void Step()
    {
        if (_crashIn >= 0 && _crashIn-- == 0)
        {
            HasCrashed = true;
            Count("crash inside an operation");
        }

        if (HasCrashed)
        {
            throw new SimulatedCrashException();
        }
    }

    // A file's first sync is always honest: the mistakes are about appends, not about making files.
    private void Sync(Inode inode)
    {
        if (Mistake == SyncMistake.Late && inode.WasSynced)
        {
            inode.SyncLate();
        }
        else if (Mistake == SyncMistake.First && !inode.WasSynced)
        {
            inode.SyncNothing();
        }
        else if (Mistake != SyncMistake.Skipped || !inode.WasSynced || ++_syncs % 3 != 0)
        {
            inode.Sync();
        }
    }

    private void FailSometimes(double probability, string fault)
    {
        if (probability > 0 && random.NextDouble() < probability)
        {
            Count(fault);
            throw new IOException($"Simulated: {fault}.");
        }
    }

    private void Count(string fault) => Faults[fault] = Faults.GetValueOrDefault(fault) + 1;

    private sealed class SimulatedFile(SimulatedDisk disk, Inode inode, int generation) : IDiskFile
    {
        public long Length
        {
            get
            {
                Check();
                return inode.Length;
            }
        }

        public int Read(long offset, Span<byte> buffer)
        {
            Check();
            disk.FailSometimes(disk.ReadError, "read failed");
            return inode.Read(offset, buffer);
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            try
            {
                Check();
            }
            catch (SimulatedCrashException)
            {
                // The machine stops while the write is under way: any front part may be with the disk already.
                if (generation == disk._generation)
                {
                    inode.Write(offset, bytes[..disk.Part(bytes.Length)]);
                }

                throw;
            }

            if (disk.Full > 0 && disk.Chance(disk.Full))
            {
                inode.Write(offset, bytes[..disk.Part(bytes.Length)]);
                disk.Count("disk full");
                throw new DiskFullException("Simulated: no space is left.");
            }

            if (disk.WriteError > 0 && disk.Chance(disk.WriteError))
            {
                inode.Write(offset, bytes[..disk.Part(bytes.Length)]);
                disk.Count("write failed");
                throw new IOException("Simulated: write failed.");
            }

            inode.Write(offset, bytes);
        }

        public void SetLength(long length)
        {
            Check();
            inode.SetLength(length);
        }

        public void Sync()
        {
            Check();
            disk.FailSometimes(disk.SyncError, "file sync failed");
            disk.Sync(inode);
        }

        public void Dispose()
        {
        }

        private void Check()
        {
            disk.Step();
            if (generation != disk._generation)
            {
                throw new SimulatedCrashException();
            }
        }
    }

    private bool Chance(double probability) => random.NextDouble() < probability;

    private int Part(int length) => random.Next(length + 1);

    /// <summary>A file's bytes: as programs see them, and as they would be found after a crash at worst.</summary>
    private sealed class Inode
    {
        private byte[] _now = [];
        private byte[] _safe = [];
        private byte[] _last = [];

        public bool WasSynced { get; private set; }

        public long Length => _now.Length;

        public int Read(long offset, Span<byte> buffer)
        {
            var count = (int)Math.Clamp(_now.Length - offset, 0, buffer.Length);
            _now.AsSpan((int)Math.Min(offset, _now.Length), count).CopyTo(buffer);
            return count;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            if (offset + bytes.Length > _now.Length)
            {
                Array.Resize(ref _now, (int)offset + bytes.Length);
            }
            else if (ReferenceEquals(_now, _safe))
            {
                _now = [.. _now];
            }

            bytes.CopyTo(_now.AsSpan((int)offset));
        }

        public void SetLength(long length) => Array.Resize(ref _now, (int)length);

        public void Sync()
        {
            WasSynced = true;
            _last = _safe = _now = [.. _now];
        }

        public void SyncNothing() => WasSynced = true;

        public void SyncLate() => (_safe, _last) = (_last, [.. _now]);

        public void Flip(long bit)
        {
            _now = [.. _now];
            _now[bit / 8] ^= (byte)(1 << (int)(bit % 8));
            _safe = _now;
        }

        public void Crash(Random random, Action<string> count)
        {
            if (ReferenceEquals(_now, _safe))
            {
                return;
            }

            // Lengths fall back, stay, or land between; each sector is the old or the new one.
            var (low, high) = (Math.Min(_now.Length, _safe.Length), Math.Max(_now.Length, _safe.Length));
            var length = random.Next(3) switch { 0 => _safe.Length, 1 => _now.Length, _ => random.Next(low, high + 1) };
            var after = new byte[length];
            var keep = random.NextDouble();
            var (lost, kept) = (0, 0);
            for (var at = 0; at < length; at += Sector)
            {
                var size = Math.Min(Sector, length - at);
                var old = Part(_safe, at, size);
                var @new = Part(_now, at, size);
                if (old.SequenceEqual(@new))
                {
                    old.CopyTo(after.AsSpan(at));
                    continue;
                }

                var isKept = random.NextDouble() < keep;
                (lost, kept) = isKept ? (lost, kept + 1) : (lost + 1, kept);
                (isKept ? @new : old).CopyTo(after.AsSpan(at));
            }

            if (lost > 0)
            {
                count(kept > 0 ? "write torn" : "write lost");
            }

            if (length != _now.Length)
            {
                count("length fell back");
            }

            _now = _safe = _last = after;
        }

        private static byte[] Part(byte[] bytes, int at, int size)
        {
            var part = new byte[size];
            var count = Math.Clamp(bytes.Length - at, 0, size);
            bytes.AsSpan(Math.Min(at, bytes.Length), count).CopyTo(part);
            return part;
        }
    }
}
