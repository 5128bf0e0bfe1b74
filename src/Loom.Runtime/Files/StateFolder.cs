using System.Security.Cryptography;

namespace Loom.Runtime;

/// <summary>State files in a folder: written beside, renamed over; a SHA-256 at the end tells a whole file from a damaged one.</summary>
internal sealed class StateFolder : IStateFiles
{
    private const int MaxFile = 1 << 30;
    private static int _unique;
    private readonly string _folder;

    public StateFolder(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
    }

    public byte[]? Read(string name)
    {
        byte[] file;
        try
        {
            var path = Path.Combine(_folder, name);
            if (!File.Exists(path) || new FileInfo(path).Length > MaxFile)
            {
                return null;
            }

            file = File.ReadAllBytes(path);
        }
        catch (IOException)
        {
            return null; // a cache that cannot be read is a cache that is not there
        }

        var body = file.Length - SHA256.HashSizeInBytes;
        if (body < 0)
        {
            return null;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(file.AsSpan(0, body), hash);
        return hash.SequenceEqual(file.AsSpan(body)) ? file[..body] : null;
    }

    public void Write(string name, ReadOnlySpan<byte> bytes)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var beside = $"{path}.{Interlocked.Increment(ref _unique)}.new";
        using (var file = File.Create(beside))
        {
            file.Write(bytes);
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(bytes, hash);
            file.Write(hash);
        }

        File.Move(beside, path, overwrite: true);
    }

    public void Delete(string name)
    {
        var path = Path.Combine(_folder, name);
        if (File.Exists(path))
        {
            File.Delete(path);
        }
    }
}
