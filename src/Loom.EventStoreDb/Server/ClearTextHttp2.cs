using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Loom.EventStoreDb;

/// <summary>HTTP/1.1 and HTTP/2 with prior knowledge on one clear-text port, as EventStoreDB has it and Kestrel by itself has not.</summary>
public static class ClearTextHttp2
{
    private static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    /// <summary>Makes this endpoint look at a connection's first bytes: those that only HTTP/2 begins with make it HTTP/2, all others HTTP/1.1.</summary>
    public static ListenOptions UseClearTextHttp2(this ListenOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Protocols = HttpProtocols.Http1AndHttp2;
        options.KestrelServerOptions.AllowAlternateSchemes = true; // the scheme stays http though the protocol was "negotiated"
        options.Use(next => async connection =>
        {
            bool isHttp2;
            var patience = options.KestrelServerOptions.Limits.RequestHeadersTimeout;
            var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
            using (var late = CancellationTokenSource.CreateLinkedTokenSource(stopping))
            {
                late.CancelAfter(patience);
                try
                {
                    isHttp2 = await BeginsWithPrefaceAsync(connection.Transport.Input, late.Token).ConfigureAwait(false);
                }
                catch (Exception e) when (e is OperationCanceledException or IOException)
                {
                    connection.Abort(new ConnectionAbortedException($"The connection sent nothing to tell its protocol by within {patience.TotalSeconds} seconds, or ended."));
                    return;
                }
            }

            if (isHttp2)
            {
                connection.Features.Set<ITlsConnectionFeature>(Negotiated.Http2);
                connection.Features.Set<ITlsApplicationProtocolFeature>(Negotiated.Http2);
            }

            await next(connection).ConfigureAwait(false);
        });
        return options;
    }

    private static async Task<bool> BeginsWithPrefaceAsync(PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var come = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, Preface.Length)).ToArray();
            var fits = come.AsSpan().SequenceEqual(Preface.AsSpan(0, come.Length));
            var isDecided = !fits || come.Length == Preface.Length || result.IsCompleted;

            // What was looked at stays for the protocol to read.
            input.AdvanceTo(result.Buffer.Start, isDecided ? result.Buffer.Start : result.Buffer.End);
            if (isDecided)
            {
                return fits && come.Length == Preface.Length;
            }
        }
    }

    private sealed class Negotiated : ITlsConnectionFeature, ITlsApplicationProtocolFeature
    {
        public static Negotiated Http2 { get; } = new();

        public ReadOnlyMemory<byte> ApplicationProtocol { get; } = "h2"u8.ToArray();

        public X509Certificate2? ClientCertificate
        {
            get => null;
            set => throw new NotSupportedException("A clear-text connection has no certificates.");
        }

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult<X509Certificate2?>(null);
    }
}
