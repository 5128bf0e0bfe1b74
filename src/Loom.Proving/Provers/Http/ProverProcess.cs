using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace Loom.Proving;

/// <summary>How to start a prover's service of one's own.</summary>
/// <param name="Program">The program <c>loom-prover</c>.</param>
/// <param name="Data">Where it keeps jobs and receipts.</param>
public sealed record ProverProgram(string Program, string Data)
{
    /// <summary>Memory that a proof may take, in MiB.</summary>
    public int MemoryMiB { get; init; } = 4096;

    /// <summary>Threads that a proof computes with; null for all.</summary>
    public int? Threads { get; init; }

    /// <summary>The page limit that it translates with: the one that modules run under here.</summary>
    public int Pages { get; init; } = Core.ModuleBounds.MemoryPages;
}

/// <summary>
/// <c>loom-prover serve</c> as a child process on this machine alone, started anew when it ends. It ends with this process, however that
/// ends. It takes jobs from this process alone: others on the machine, web pages among them, do not have the token that it is started with.
/// Thread-safe.
/// </summary>
public sealed class ProverProcess : IProver, IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(15);
    private readonly ProverProgram _program;
    private readonly SemaphoreSlim _starting = new(1, 1);
    private Running? _running;
    private bool _disposed;

    /// <summary>Makes one; the process starts with the first use.</summary>
    public ProverProcess(ProverProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        _program = program;
    }

    /// <summary>The process, while it runs; null before and after.</summary>
    public int? ProcessId => Volatile.Read(ref _running) is { Process.HasExited: false } running ? running.Process.Id : null;

    /// <inheritdoc/>
    public async Task CheckAsync(CancellationToken cancellationToken) => await (await ClientAsync(cancellationToken)).CheckAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<ProverImage> ImageAsync(ReadOnlyMemory<byte> module, CancellationToken cancellationToken) =>
        await (await ClientAsync(cancellationToken)).ImageAsync(module, cancellationToken);

    /// <inheritdoc/>
    public async Task StartAsync(ProverJob job, CancellationToken cancellationToken) => await (await ClientAsync(cancellationToken)).StartAsync(job, cancellationToken);

    /// <inheritdoc/>
    public async Task<ProverProgress> ProgressAsync(string id, CancellationToken cancellationToken) =>
        await (await ClientAsync(cancellationToken)).ProgressAsync(id, cancellationToken);

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>> ReceiptAsync(string id, CancellationToken cancellationToken) =>
        await (await ClientAsync(cancellationToken)).ReceiptAsync(id, cancellationToken);

    /// <inheritdoc/>
    public async Task CancelAsync(string id, CancellationToken cancellationToken) => await (await ClientAsync(cancellationToken)).CancelAsync(id, cancellationToken);

    /// <summary>Asks it to stop, and waits; one that does not is ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await _starting.WaitAsync();
        try
        {
            _disposed = true;
            await EndAsync();
        }
        finally
        {
            _starting.Release();
        }
    }

    private async Task<ProverClient> ClientAsync(CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_running is { Process.HasExited: false } running)
            {
                return running.Client;
            }

            await EndAsync();
            return (_running = await StartAsync(cancellationToken)).Client;
        }
        finally
        {
            _starting.Release();
        }
    }

    private async Task<Running> StartAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(_program.Program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        string[] arguments =
        [
            "serve", "--listen", "127.0.0.1:0", "--data", _program.Data, "--memory", $"{_program.MemoryMiB}", "--pages", $"{_program.Pages}", "--with-parent", "--token-stdin",
            .. _program.Threads is { } threads ? ["--threads", $"{threads}"] : Array.Empty<string>(),
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        Process process;
        try
        {
            process = Process.Start(start) ?? throw new InvalidOperationException("no process");
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            throw new ProverException(ProverFailure.Unavailable, "prover-missing", $"The prover {_program.Program} cannot be started: {e.Message} Build it with './loom' where cargo is, or name the address of one.", e);
        }

        Humble(process);
        var complaint = process.StandardError.ReadToEndAsync(CancellationToken.None);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartTimeout);
        try
        {
            var token = RandomNumberGenerator.GetHexString(64, lowercase: true);
            await TellAsync(process.StandardInput, token, limit.Token);

            // Its first line says where it listens: port 0 took a free one.
            var line = await process.StandardOutput.ReadLineAsync(limit.Token);
            if (line?.StartsWith("listening on ", StringComparison.Ordinal) == true && Uri.TryCreate(line["listening on ".Length..], UriKind.Absolute, out var address))
            {
                return new Running(process, new ProverClient(new ProverAddress(address) { Token = token }));
            }

            var said = line is null ? (await complaint.WaitAsync(limit.Token)).Trim() : line;
            throw new ProverException(ProverFailure.Unavailable, "prover-failed-to-start", $"The prover {_program.Program} did not start: {(said.Length > 500 ? said[..500] : said)}");
        }
        catch (ProverException)
        {
            await EndAsync(process); // whatever it is, it may still run
            throw;
        }
        catch (Exception e)
        {
            await EndAsync(process);
            cancellationToken.ThrowIfCancellationRequested();
            throw new ProverException(ProverFailure.Unavailable, "prover-failed-to-start", $"The prover {_program.Program} did not say where it listens within {StartTimeout.TotalSeconds} seconds.", e);
        }
    }

    // Actors come first: a proof takes what they leave.
    private static void Humble(Process process)
    {
        try
        {
            process.PriorityClass = ProcessPriorityClass.BelowNormal;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or NotSupportedException)
        {
            // It has ended already, or the system does not let us; then it proves at the priority that it has.
        }
    }

    private static async Task TellAsync(StreamWriter input, string token, CancellationToken cancellationToken)
    {
        try
        {
            await input.WriteLineAsync(token.AsMemory(), cancellationToken);
            await input.FlushAsync(cancellationToken);
        }
        catch (IOException)
        {
            // It has ended, and said why.
        }
    }

    private async Task EndAsync()
    {
        if (_running is { } running)
        {
            Volatile.Write(ref _running, null);
            running.Client.Dispose();
            await EndAsync(running.Process);
        }
    }

    private static async Task EndAsync(Process process)
    {
        using (process)
        using (var limit = new CancellationTokenSource(StopTimeout))
        {
            try
            {
                process.StandardInput.Close(); // with --with-parent that asks it to stop
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
            }
            catch (IOException)
            {
                // It has ended already, and the pipe with it.
            }
        }
    }

    private sealed record Running(Process Process, ProverClient Client);
}
