using Loom.Core;

namespace Loom.Runtime;

/// <summary>One snapshot per actor, in a state file named by the SHA-256 of the stream's name.</summary>
internal sealed class SnapshotStore(IStateFiles files)
{
    private const int Version = 1;

    /// <summary>The stream's snapshot, when it has the form of that machine's states: those of modules are bytes that an upgrade passes on.</summary>
    public Snapshot? Find(StreamName stream, MachineId machine)
    {
        if (files.Read(NameOf(stream)) is not { } bytes)
        {
            return null;
        }

        try
        {
            using var reader = new BinaryReader(new MemoryStream(bytes, writable: false));
            if (reader.ReadInt32() != Version || reader.ReadString() != stream.Value || !MachineId.TryParse(reader.ReadString(), out var made)
                || (made != machine && !(made.IsWasm && machine.IsWasm)))
            {
                return null;
            }

            var link = new Digest(reader.ReadBytes(Digest.Size));
            var lastRevision = reader.ReadInt64();
            var state = reader.ReadBytes(reader.ReadInt32());
            var commands = new KeyValuePair<string, long>[reader.ReadInt32()];
            for (var i = 0; i < commands.Length; i++)
            {
                commands[i] = KeyValuePair.Create(reader.ReadString(), reader.ReadInt64());
            }

            return new Snapshot(link, lastRevision, made, state, commands);
        }
        catch (Exception e) when (e is IOException or ArgumentException or FormatException or OverflowException)
        {
            return null; // written by another version of Loom: load from birth
        }
    }

    public void Store(StreamName stream, Snapshot snapshot)
    {
        var buffer = new MemoryStream();
        using (var writer = new BinaryWriter(buffer))
        {
            writer.Write(Version);
            writer.Write(stream.Value);
            writer.Write(snapshot.Machine.Value);
            writer.Write(snapshot.Link.ToArray());
            writer.Write(snapshot.LastRevision);
            writer.Write(snapshot.State.Length);
            writer.Write(snapshot.State.Span);
            writer.Write(snapshot.Commands.Count);
            foreach (var (id, lastRevision) in snapshot.Commands)
            {
                writer.Write(id);
                writer.Write(lastRevision);
            }
        }

        files.Write(NameOf(stream), buffer.ToArray());
    }

    public void Delete(StreamName stream) => files.Delete(NameOf(stream));

    internal static string NameOf(StreamName stream)
    {
        var hash = Digest.Of(System.Text.Encoding.UTF8.GetBytes(stream.Value)).ToString();
        return $"snapshots/{hash[..2]}/{hash}";
    }
}
