using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Loom.Cli.Hosting;

/// <summary>Waiting for a child process and stopping it politely.</summary>
internal static partial class Child
{
    // Longer than a host drains (drain.seconds is 30 unless set): whoever kills it earlier loses what it had begun.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Waits for the child's end. On cancellation it is asked to end (SIGTERM), and killed when it does not.</summary>
    public static async Task<int> WaitAsync(Process process, CancellationToken cancellationToken)
    {
        try
        {
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            await StopAsync(process);
            return ExitCodes.Cancelled;
        }
    }

    /// <summary>Asks the child to end, and insists after a while.</summary>
    public static async Task StopAsync(Process process)
    {
        if (process.HasExited)
        {
            return;
        }

        if (!OperatingSystem.IsWindows())
        {
            _ = Kill(process.Id, 15);
            using var patience = new CancellationTokenSource(Patience);
            try
            {
                await process.WaitForExitAsync(patience.Token);
                return;
            }
            catch (OperationCanceledException)
            {
                // It had its chance.
            }
        }

        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
