namespace Loom.Provenance;

/// <summary>Cuts a file into lines, each ended by one line feed, without copying.</summary>
internal static class Lines
{
    /// <exception cref="BundleMalformedException">A line is empty, too long, or the last one has no line feed.</exception>
    public static IEnumerable<(int Number, ReadOnlyMemory<byte> Line)> Of(string file, ReadOnlyMemory<byte> bytes, int maxLine)
    {
        var number = 0;
        while (!bytes.IsEmpty)
        {
            number++;
            var window = bytes.Length > maxLine ? bytes[..(maxLine + 1)] : bytes;
            var end = window.Span.IndexOf((byte)'\n');
            if (end <= 0)
            {
                throw new BundleMalformedException(Place(file, number), "the line is empty, longer than allowed, or not ended by a line feed");
            }

            yield return (number, bytes[..end]);
            bytes = bytes[(end + 1)..];
        }
    }

    public static string Place(string file, int line) => $"{file} line {line}";
}
