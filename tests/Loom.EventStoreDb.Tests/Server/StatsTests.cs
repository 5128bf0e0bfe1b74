using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Loom.Core;
using Loom.Journal;

namespace Loom.EventStoreDb.Tests.Server;

/// <summary>Figures for tools, under the names that EventStoreDB gives them.</summary>
public sealed class StatsTests : ServerTestBase
{
    [Fact]
    public async Task The_process_its_machine_and_the_journal_are_told_in_groups()
    {
        using var http = Http("reader", "changeit");
        var position = Assert.IsType<AppendResult.Appended>(await Served.Journal.AppendAsync(
            StreamName.Parse("s"), ExpectedRevision.Any, [new EventData(Guid.NewGuid(), "t", EventData.Json, "{}"u8.ToArray(), default)], None)).Position;
        var stats = await ReadAsync(http, "/stats");
        Assert.Equal(Environment.ProcessId, stats["proc"]!["id"]!.GetValue<int>());
        Assert.Equal(DateTimeKind.Utc, DateTime.Parse(stats["proc"]!["startTime"]!.GetValue<string>(), null, System.Globalization.DateTimeStyles.RoundtripKind).Kind);
        foreach (var positive in new[] { "proc/mem", "proc/threadsCount", "proc/gc/totalBytesInHeaps", "sys/totalMem", $"sys/drive/{Escaped(Served.Journal.Directory)}/totalBytes" })
        {
            Assert.True(At(stats, positive).GetValue<long>() > 0, positive);
        }

        Assert.True(stats["proc"]!["tcp"]!["connections"]!.GetValue<int>() > 0); // this one
        Assert.Equal(position, stats["es"]!["checksum"]!.GetValue<ulong>());
        Assert.Null(stats["es"]!["queue"]); // there are none of that kind
        if (OperatingSystem.IsLinux())
        {
            Assert.True(At(stats, "sys/freeMem").GetValue<long>() > 0);
            Assert.True(At(stats, "sys/loadavg/1m").GetValue<double>() >= 0);
        }
    }

    [Fact]
    public async Task A_group_flat_names_and_titles_can_be_asked_for()
    {
        using var http = Http("reader", "changeit");
        Assert.NotNull((await ReadAsync(http, "/stats/proc"))["gc"]!["gen2Size"]);
        Assert.NotNull((await ReadAsync(http, "/stats/proc/gc"))["gen2Size"]);
        Assert.NotNull((await ReadAsync(http, "/stats?group=false"))["proc-gc-gen2Size"]);
        var memory = (await ReadAsync(http, "/stats/proc?metadata=true"))["mem"]!;
        Assert.Equal(("Process", "Process Memory"), (memory["category"]!.GetValue<string>(), memory["title"]!.GetValue<string>()));
        Assert.True(memory["value"]!.GetValue<long>() > 0);
        foreach (var missing in new[] { "/stats/nobody", "/stats/proc/mem", "/stats/es/queue" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(missing)).StatusCode);
        }
    }

    [Fact]
    public async Task Whoever_gives_no_credentials_or_wrong_ones_or_may_not_read_is_told_nothing()
    {
        foreach (var (user, password) in new[] { (null, null), ("reader", "guessed") })
        {
            using var http = Http(user, password);
            foreach (var path in new[] { "/stats", "/stats/proc", "/stats/nobody" })
            {
                var answer = await http.GetAsync(path);
                Assert.Equal((HttpStatusCode.Unauthorized, "Basic"), (answer.StatusCode, answer.Headers.WwwAuthenticate.Single().Scheme));
                Assert.Empty(await answer.Content.ReadAsStringAsync());
            }
        }

        await using var served = await ServedJournal.StartAsync(options: new EventStoreDbServerOptions
        {
            Authenticate = _ => ValueTask.FromResult<EventStoreCaller?>(EventStoreCaller.User("prover") with { CanRead = false }),
        });
        using var any = new HttpClient { BaseAddress = served.Address };
        Assert.Equal(HttpStatusCode.Forbidden, (await any.GetAsync("/stats")).StatusCode);
    }

    private HttpClient Http(string? user, string? password)
    {
        var http = new HttpClient { BaseAddress = Served.Address };
        http.DefaultRequestHeaders.Authorization =
            user is null ? null : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
        return http;
    }

    private static async Task<JsonObject> ReadAsync(HttpClient http, string path)
    {
        var answer = await http.GetAsync(path);
        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
    }

    private static string Escaped(string name) => name.Replace('/', '\u0001');

    private static JsonNode At(JsonNode node, string path) => path.Split('/').Aggregate(node, (at, name) => at[name.Replace('\u0001', '/')]!);
}
