using System.CommandLine;
using System.Globalization;
using System.Text;
using Loom.Cli.Output;
using Loom.Core;
using Loom.Provenance;

namespace Loom.Cli.Commands;

/// <summary>
/// <c>loom verify</c>: a bundle, offline. Loads Loom.Core and Loom.Provenance and nothing else of Loom's; a test looks.
/// The exit code is the report's: 2 malformed, 1 a claim is false, 3 a required claim is not covered, 0.
/// </summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "The bundle, *.loom." };
        var trust = new Option<string>("--trust") { Description = "The trust file: whom you believe. Never taken from the bundle.", Required = true };
        var at = new Option<string?>("--at") { Description = "The time of evaluation to declare, for example 2026-11-21T12:00:00Z; now when not given." };
        var seen = new Option<string?>("--seen") { Description = "A checkpoint (signed note) or an earlier bundle that you kept: is this log still the same?" };
        var report = new Option<string?>("--report") { Description = "Also write the verdict as one HTML page to this file." };
        var explain = new Option<bool>("--explain") { Description = "Also say what the bundle holds, and whom the trust file believes." };
        return new Command("verify", "Verify a provenance bundle offline: one verdict per claim.") { file, trust, at, seen, report, explain }.Runs(async (i, ct) =>
        {
            var trustBytes = await File.ReadAllBytesAsync(i.Required(trust), ct);
            var root = TrustFiles.Parse(i.Required(trust), trustBytes);
            var options = new VerifyOptions
            {
                At = Time(i.Get(at)),
                Seen = i.Get(seen) is { } earlier ? await ReadSeenAsync(earlier, ct) : null,
                SeenName = i.Get(seen) is { } name ? Path.GetFileName(name) : null,
            };
            VerificationReport verdict;
            await using (var bundle = File.OpenRead(i.Required(file)))
            {
                verdict = BundleVerifier.Verify(bundle, root, options);
            }

            if (i.Get(report) is { } page)
            {
                await File.WriteAllTextAsync(page, verdict.ToHtml(Path.GetFileName(i.Required(file))), ct);
            }

            if (i.Json)
            {
                i.Out.Write(verdict.ToJson());
            }
            else
            {
                VerdictText.Write(i, i.Required(file), verdict, i.Get(explain));
                if (i.Get(explain))
                {
                    TrustFiles.Show(i, i.Required(trust), trustBytes);
                }
            }

            return verdict.ExitCode;
        });
    }

    private static DateTimeOffset Time(string? text) => text is null ? TimeProvider.System.GetUtcNow()
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time
        : throw new CliException(ExitCodes.Usage, $"'{text}' is no time.", "It was given as --at.", "Write it like 2026-11-21T12:00:00Z.");

    private static async Task<SignedNote> ReadSeenAsync(string file, CancellationToken cancellationToken)
    {
        var head = new byte[2];
        await using var stream = File.OpenRead(file);
        var isZip = await stream.ReadAtLeastAsync(head, 2, throwOnEndOfStream: false, cancellationToken) == 2 && head.AsSpan().SequenceEqual("PK"u8);
        stream.Position = 0;
        try
        {
            return SignedNote.TryParse(isZip ? Encoding.UTF8.GetBytes(BundleReader.Read(stream).CheckpointNote) : await NoteAsync(stream, cancellationToken), out var note)
                ? note
                : throw new CliException(ExitCodes.Malformed, $"{file} is neither a signed checkpoint nor a bundle.", "It was given as --seen.", "Bring a bundle that you kept, or the output of 'loom log show --note'.");
        }
        catch (BundleMalformedException e)
        {
            throw new CliException(ExitCodes.Malformed, $"{file}, given as --seen, is malformed.", e.Message, "Bring a bundle that you kept unchanged.");
        }
    }

    private static async Task<byte[]> NoteAsync(FileStream stream, CancellationToken cancellationToken)
    {
        var bytes = new byte[Math.Min(stream.Length, SignedNote.MaxBytes + 1)];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }
}
