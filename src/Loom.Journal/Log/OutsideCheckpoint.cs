using System.Text;
using Loom.Core;
using Loom.Journal.Embedded;

namespace Loom.Journal.Log;

/// <summary>The last checkpoint where the journal cannot change it: a file, or an HTTP PUT.</summary>
public static class OutsideCheckpoint
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Sends the note to where <paramref name="target"/> says: the path of a file, or an address that takes an HTTP PUT.</summary>
    /// <exception cref="HttpRequestException">The address could not be reached, or did not answer with a success.</exception>
    /// <exception cref="TimeoutException">It did not answer within ten seconds.</exception>
    /// <exception cref="IOException">The file could not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static Task SendAsync(string target, SignedNote note, HttpClient http, CancellationToken cancellationToken) =>
        IsWeb(target, out var address) ? PutAsync(http, address!, note, cancellationToken) : WriteAsync(target, note, cancellationToken);

    /// <summary>Replaces the file's content, durably: after a crash it holds the old note or the new one.</summary>
    internal static async Task WriteAsync(string path, SignedNote note, CancellationToken cancellationToken)
    {
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full)!;
        Directory.CreateDirectory(folder);
        var temporary = full + ".new";
        await using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(note.Format()), cancellationToken).ConfigureAwait(false);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, full, overwrite: true);
        LocalDisk.Instance.SyncDirectory(folder);
    }

    /// <summary>The note in the file; null when there is no file.</summary>
    /// <exception cref="FormatException">The file holds something else.</exception>
    internal static async Task<SignedNote?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        await using var file = File.OpenRead(path);
        var bytes = new byte[SignedNote.MaxBytes + 1];
        var length = await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return SignedNote.TryParse(bytes.AsSpan(0, length), out var note) ? note : throw new FormatException($"{path} holds no signed checkpoint.");
    }

    /// <summary>Whether the target of publishing is a web address.</summary>
    internal static bool IsWeb(string target, out Uri? uri) =>
        Uri.TryCreate(target, UriKind.Absolute, out uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);

    /// <summary>Sends the note by HTTP PUT; anything but a success is an exception, see <see cref="SendAsync"/>.</summary>
    internal static async Task PutAsync(HttpClient http, Uri target, SignedNote note, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        using var content = new StringContent(note.Format(), Encoding.UTF8, "text/plain");
        try
        {
            using var response = await http.PutAsync(target, content, limit.Token).ConfigureAwait(false);
            response.EnsureSuccessStatusCode();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"No answer within {Patience.TotalSeconds:N0} seconds.");
        }
    }
}
