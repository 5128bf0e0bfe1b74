using System.Diagnostics;
using Loom.Api;

namespace Loom.Host.Tests.Lifetime;

/// <summary>What a host says of a data folder or an address that it cannot have, and of a disk that fills.</summary>
public sealed class DataFolderTests
{
    [Fact]
    public async Task A_second_process_on_one_data_folder_is_refused_and_the_first_goes_on()
    {
        using var folder = new Folder();
        await using var first = await RunningHost.StartOnAsync(folder["data"]);
        foreach (var mode in new[] { "loopback", "token" })
        {
            var (code, error) = await ChildHost.RefusedAsync(folder["data"], "--auth.mode", mode);
            Assert.Equal(75, code);
            Assert.Contains(folder["data"], error, StringComparison.Ordinal);
            Assert.DoesNotContain("bug", error, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(Path.Combine(folder["data"], "operator.token")));
        await first.Http.AccountAsync();
    }

    [Fact]
    public async Task An_address_that_is_taken_is_named_with_the_remedy()
    {
        using var folder = new Folder();
        await using var first = await RunningHost.StartAsync();
        var (code, error) = await ChildHost.RefusedAsync(folder["data"], "--urls", first.Address.GetLeftPart(UriPartial.Authority));
        Assert.Equal(75, code);
        Assert.Contains("--urls", error, StringComparison.Ordinal);
        Assert.Contains(first.Address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_named_with_the_remedy()
    {
        using var folder = new Folder();
        await File.WriteAllTextAsync(folder["file"], "");
        var (code, error) = await ChildHost.RefusedAsync(Path.Combine(folder["file"], "data"));
        Assert.Equal(64, code);
        Assert.Contains("--data", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damage_in_the_middle_of_the_journal_is_refused_with_file_and_place()
    {
        using var folder = new Folder();
        await using (var host = await RunningHost.StartOnAsync(folder["data"]))
        {
            await host.Http.AccountAsync(deposits: 20);
        }

        var segment = new DirectoryInfo(Path.Combine(folder["data"], "journal")).EnumerateFiles("*", SearchOption.AllDirectories).MaxBy(f => f.Length)!.FullName;
        await using (var file = File.Open(segment, FileMode.Open))
        {
            file.Position = 3000;
            var b = file.ReadByte();
            file.Position = 3000;
            file.WriteByte((byte)(b ^ 0xff));
        }

        var (code, error) = await ChildHost.RefusedAsync(folder["data"]);
        Assert.Equal(74, code);
        Assert.Contains(Path.GetFileName(segment), error, StringComparison.Ordinal);
    }

    [OwnDiskFact]
    public async Task A_folder_that_is_read_only_is_refused_with_the_reason()
    {
        using var folder = new Folder();
        Directory.CreateDirectory(folder["data"]);
        var (code, error) = await ChildHost.RefusedAsync(OnOwnDisk(folder["data"], "size=8m", then: $"mount -o remount,ro '{folder["data"]}'"));
        Assert.Equal(75, code);
        Assert.Contains(folder["data"], error, StringComparison.Ordinal);
        Assert.DoesNotContain("bug", error, StringComparison.Ordinal);
    }

    [OwnDiskFact]
    public async Task A_full_disk_refuses_commands_keeps_reading_and_goes_on_once_there_is_space()
    {
        using var folder = new Folder();
        Directory.CreateDirectory(folder["data"]);
        await using var host = await ChildHost.StartAsync(OnOwnDisk(folder["data"], "size=24m", then: "true"));
        var actor = await host.Http.AccountAsync();

        // The child's own view of its folder: the mount is seen by it alone.
        var filler = $"/proc/{host.Id}/root{folder["data"]}/filler";
        Fill(filler);
        var refused = await Commands.UntilAsync(
            async () =>
            {
                Fill(filler);
                using var answer = await host.Http.CommandAsync(actor, "deposit", $$"""{"amount":"1","reference":"{{new string('x', 20_000)}}"}""");
                return (int)answer.StatusCode == 200 ? null : await answer.ProblemAsync(507, "disk-full");
            },
            p => p is not null);
        Assert.Contains("Make space", refused!.Detail, StringComparison.Ordinal);
        var revision = (await host.Http.GetAsync($"/api/actors/{actor}", LoomJson.Default.ActorDetail)).Revision;
        Assert.Equal("live", (await host.Http.GetAsync("/health/live", LoomJson.Default.HealthReport)).Status);

        File.Delete(filler);
        var done = await Commands.UntilAsync(
            async () =>
            {
                using var answer = await host.Http.CommandAsync(actor, "deposit", """{"amount":"1"}""");
                return answer.IsSuccessStatusCode ? await answer.ReadAsync(LoomJson.Default.CommandResult) : null;
            },
            r => r is not null);
        Assert.Equal(revision + 1, done!.Revision);
        await Commands.UntilAsync(
            async () =>
            {
                using var ready = await host.Http.GetAsync("/health/ready");
                return await ready.Content.ReadAsStringAsync();
            },
            r => r.Contains("\"ready\"", StringComparison.Ordinal));
        using var verified = await host.Http.PostAsync("/api/verify", Json.Bytes(await host.Http.GetByteArrayAsync($"/api/actors/{actor}/bundle")));
        Assert.Equal(0, (await verified.ReadAsync(LoomJson.Default.VerifyResult)).ExitCode);
    }

    private static ProcessStartInfo OnOwnDisk(string data, string options, string then)
    {
        var start = new ProcessStartInfo("unshare", ["-rm", "bash", "-c", $"mount -t tmpfs -o {options} tmpfs '{data}' && {then} && exec dotnet \"$@\"", "host"]);
        foreach (var argument in ChildHost.Arguments(data))
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    private static void Fill(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
            var block = new byte[4096];
            while (file.Length < 1 << 26)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            // Full, as wished.
        }
    }
}
