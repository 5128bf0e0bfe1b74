using System.Security.Cryptography;
using System.Text;
using Loom.Core;

namespace Loom.Journal.Keys;

/// <summary>
/// Key files: a P-256 key as PKCS#8 in PEM, encrypted (PBES2, AES-256, PBKDF2 with SHA-256) when a passphrase is given. On Unix a file
/// is made with mode 0600, and one that its group or others may read is refused.
/// </summary>
public static class KeyFile
{
    private const int MaxBytes = 16 * 1024;
    private const int Iterations = 600_000;
    private const UnixFileMode OthersMask = (UnixFileMode)0b000_111_111;

    /// <summary>Makes a key and its file; an existing file is never overwritten.</summary>
    /// <param name="path">The file.</param>
    /// <param name="passphrase">Encrypts the file; null leaves it to the file's mode.</param>
    /// <param name="role">What the key's name begins with, for example <c>loom-log</c>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="KeyFileException">The file exists or cannot be written.</exception>
    public static async Task<EcdsaSigner> CreateAsync(string path, string? passphrase, string role, CancellationToken cancellationToken)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        try
        {
            var pem = passphrase is null
                ? key.ExportPkcs8PrivateKeyPem()
                : key.ExportEncryptedPkcs8PrivateKeyPem(
                    passphrase, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, Iterations));
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            {
                Directory.CreateDirectory(folder);
            }

            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            await using (var file = new FileStream(path, options))
            {
                await file.WriteAsync(Encoding.ASCII.GetBytes(pem + "\n"), cancellationToken).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }

            return new EcdsaSigner(key, role);
        }
        catch (Exception e)
        {
            key.Dispose();
            throw e is IOException or UnauthorizedAccessException
                ? new KeyFileException($"The key file {path} cannot be made: {e.Message} Name a new file in a folder that you may write to.", e)
                : e;
        }
    }

    /// <summary>Opens a key file.</summary>
    /// <exception cref="KeyFileException">Absent, readable for others, encrypted under another passphrase, or no P-256 key: the message says which.</exception>
    public static async Task<EcdsaSigner> OpenAsync(string path, string? passphrase, string role, CancellationToken cancellationToken)
    {
        string pem;
        try
        {
            RequirePrivate(path);
            var info = new FileInfo(path);
            if (info.Length > MaxBytes)
            {
                throw new KeyFileException($"The key file {path} has {info.Length} bytes: that is no key. Name the right file.");
            }

            pem = await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KeyFileException($"The key file {path} cannot be read: {e.Message}", e);
        }

        var key = ECDsa.Create();
        try
        {
            Import(key, pem, passphrase, path);
            return EcdsaP256.IsPublicKey(key.ExportSubjectPublicKeyInfo())
                ? new EcdsaSigner(key, role)
                : throw new KeyFileException($"The key in {path} is not on P-256. Make one with this program.");
        }
        catch (Exception e)
        {
            key.Dispose();
            throw e is CryptographicException or ArgumentException
                ? new KeyFileException($"The key file {path} holds no key that opens: it is damaged, or the passphrase is another one.", e)
                : e;
        }
    }

    /// <summary>Opens the file, or makes it when there is none.</summary>
    /// <exception cref="KeyFileException">As for the other two.</exception>
    public static Task<EcdsaSigner> OpenOrCreateAsync(string path, string? passphrase, string role, CancellationToken cancellationToken) =>
        File.Exists(path) ? OpenAsync(path, passphrase, role, cancellationToken) : CreateAsync(path, passphrase, role, cancellationToken);

    private static void RequirePrivate(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & OthersMask) is not UnixFileMode.None and var mode)
        {
            throw new KeyFileException($"The key file {path} is open to others (mode has {mode}). Run: chmod 600 {path}");
        }
    }

    private static void Import(ECDsa key, string pem, string? passphrase, string path)
    {
        var encrypted = pem.Contains("BEGIN ENCRYPTED PRIVATE KEY", StringComparison.Ordinal);
        if (encrypted && passphrase is null)
        {
            throw new KeyFileException($"The key file {path} is encrypted. Give its passphrase file.");
        }

        if (!encrypted && passphrase is not null)
        {
            throw new KeyFileException($"The key file {path} is not encrypted, but a passphrase was given. Leave it out, or make an encrypted file.");
        }

        if (encrypted)
        {
            key.ImportFromEncryptedPem(pem, passphrase);
        }
        else
        {
            key.ImportFromPem(pem);
        }

        // A file with a public key alone imports too.
        _ = key.SignData([], HashAlgorithmName.SHA256);
    }
}

/// <summary>A key file that cannot be used. The message names the file, the reason and the remedy, never the key.</summary>
public sealed class KeyFileException(string message, Exception? inner = null) : Exception(message, inner);
