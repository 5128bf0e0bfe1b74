using System.Runtime.CompilerServices;
using Loom.Blobs.Azure;
using Loom.Blobs.S3;
using Loom.Hosting.Configuration;
using Loom.Journal.Blobs;

namespace Loom.Hosting;

/// <summary>Opens the store of blobs that the settings name. Stores that are not named load no assembly.</summary>
internal static class BlobStores
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(60);

    /// <exception cref="StartupException">A setting is missing or its file cannot be used.</exception>
    public static CachedBlobStore Open(LoomSettings settings, DataFolder data) => new(
        settings.Text("blobs.store") switch
        {
            "s3" => S3(settings),
            "azure" => Azure(settings),
            _ => new FileBlobStore(data.Blobs),
        },
        settings.Integer("blobs.cache"));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static S3BlobStore S3(LoomSettings settings)
    {
        var address = Address(settings);
        var bucket = address.AbsolutePath.Trim('/');
        if (bucket.Length == 0)
        {
            throw Wrong("blobs.address needs the bucket as its path, for example https://s3.eu-central-1.amazonaws.com/my-bucket.");
        }

        return Credential(settings) switch
        {
            [var key, var secret, .. var token] when token.Length <= 1 => new S3BlobStore(
                new S3Options
                {
                    Endpoint = new Uri(address.GetLeftPart(UriPartial.Authority)),
                    Bucket = bucket,
                    Region = settings.Text("blobs.region"),
                    AccessKey = key,
                    SecretKey = secret,
                    SessionToken = token.FirstOrDefault(),
                },
                Http(), TimeProvider.System),
            _ => throw Wrong("blobs.credentialFile needs two lines for s3: the access key's id and its secret (and, with temporary credentials, the session token)."),
        };
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static AzureBlobStore Azure(LoomSettings settings)
    {
        IAzureAuthorization authorization = Credential(settings) switch
        {
            [var account, var key] => SharedKeyOf(account, key),
            [var endpoint, var id, var secret] when Uri.TryCreate(endpoint, UriKind.Absolute, out var token) && token.Scheme is "https" or "http" =>
                new EntraToken(new Uri(endpoint), id, secret, Http(), TimeProvider.System),
            _ => throw Wrong("blobs.credentialFile needs for azure two lines (account, key) or three (the address that gives tokens, the client's id, its secret)."),
        };
        return new AzureBlobStore(new AzureBlobOptions { Container = Address(settings), Authorization = authorization }, Http(), TimeProvider.System);
    }

    private static SharedKey SharedKeyOf(string account, string key)
    {
        try
        {
            return new SharedKey(account, key);
        }
        catch (ArgumentException e)
        {
            throw Wrong($"{e.Message} (blobs.credentialFile)");
        }
    }

    private static Uri Address(LoomSettings settings) =>
        Uri.TryCreate(settings.Text("blobs.address"), UriKind.Absolute, out var address) && address.Scheme is "https" or "http" ? address
            : throw Wrong("blobs.address is needed with blobs.store = s3 or azure: an https address.");

    private static string[] Credential(LoomSettings settings)
    {
        var path = settings.Text("blobs.credentialFile");
        if (path.Length == 0)
        {
            throw Wrong("blobs.credentialFile is needed with blobs.store = s3 or azure: a file that only this user can read.");
        }

        return SecretFile.Lines(path, "blobs.credentialFile");
    }

    private static HttpClient Http() => new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(10) }) { Timeout = RequestTimeout };

    private static StartupException Wrong(string message) => new(ExitCode.Usage, message);
}
