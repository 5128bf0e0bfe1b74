using System.CommandLine;
using System.Runtime.InteropServices;
using Loom.Cli;

// One source of cancellation for the whole process: the first Ctrl+C or SIGTERM asks, the second Ctrl+C insists.
using var cancel = new CancellationTokenSource();
void Ask(PosixSignalContext context)
{
    context.Cancel = !cancel.IsCancellationRequested;
    cancel.Cancel();
}

using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
using var hungUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Ask);
return await LoomApp.RunAsync(args, new InvocationConfiguration(), cancel.Token);
