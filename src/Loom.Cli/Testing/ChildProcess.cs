using System.Diagnostics;
using System.Text;

namespace Loom.Cli.Testing;

/// <summary>Runs a program to its end; cancellation ends its whole process tree.</summary>
internal static class ChildProcess
{
    /// <summary>Runs with output shown as it comes.</summary>
    public static Task<int> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        RunAsync(program, arguments, new Dictionary<string, string>(), line => Console.WriteLine(line), cancellationToken);

    /// <summary>Runs and keeps the output (both streams, in order of arrival).</summary>
    public static async Task<(int Exit, string Output)> CaptureAsync(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var output = new StringBuilder();
        var exit = await RunAsync(program, arguments, environment, line => output.AppendLine(line), cancellationToken);
        return (exit, output.ToString());
    }

    private static async Task<int> RunAsync(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, Action<string> line, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = new Process { StartInfo = start };
        var gate = new Lock();
        void Take(object sender, DataReceivedEventArgs e)
        {
            if (e.Data is { } data)
            {
                lock (gate)
                {
                    line(data);
                }
            }
        }

        process.OutputDataReceived += Take;
        process.ErrorDataReceived += Take;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode;
    }
}
