using System.Text;
using System.Text.Json;
using Loom.Api;
using Loom.Core;
using Loom.Hosting.Problems;
using Loom.Journal;
using Loom.Runtime;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;

namespace Loom.Host.Tests.Problems;

/// <summary>What a caller is told when something breaks: what they can do about it, and nothing of the inside.</summary>
public sealed class FaultTests
{
    private const string Secret = "connection string with a password";

    [Fact]
    public async Task A_machine_that_throws_is_a_fault_without_the_exceptions_words_and_writes_nothing()
    {
        using var machine = new SlowMachine { Failure = new InvalidOperationException(Secret) };
        machine.Go();
        await using var host = await RunningHost.StartAsync([machine], ["--logging.level", "none"]);
        using var answer = await host.Http.CommandAsync("slow-1", "step");
        var body = await answer.Content.ReadAsStringAsync();
        Assert.Equal(500, (int)answer.StatusCode);
        Assert.DoesNotContain(Secret, body, StringComparison.Ordinal);
        var problem = JsonSerializer.Deserialize(body, LoomJson.Default.Problem)!;
        Assert.Equal("machine-fault", problem.Code);
        Assert.Contains("dotnet:slow@1", problem.Detail, StringComparison.Ordinal);
        Assert.Contains("Nothing was written", problem.Detail, StringComparison.Ordinal);
        using var none = await host.Http.GetAsync("/api/actors/slow-1");
        await none.ProblemAsync(404, "unknown-actor");
    }

    public static TheoryData<Exception, int, string, string> Failures => new()
    {
        { new InvalidOperationException(Secret), 500, "fault", "log" },
        { new NullReferenceException(Secret), 500, "fault", "log" },
        { new HistoryException(StreamName.Parse("account-1"), 3, "state-mismatch", "the state differs."), 500, "fault", "account-1 at revision 3" },
        { new IOException(Secret, OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28), 507, "disk-full", "Make space" },
        { new JournalException(JournalFailure.DiskFull, "The disk is full. Make space."), 507, "disk-full", "Make space" },
        { new JournalException(JournalFailure.ReadOnly, "The journal is open for reading."), 503, "read-only", "reading" },
        { new BadHttpRequestException("The body is cut short.", 400), 400, "invalid-request", "cut short" },
        { new JsonException("'x' is wrong. Path: $.secret | LineNumber: 1", "$.secret", 1, 2), 400, "malformed-json", "line 2" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Each_failure_becomes_a_problem_with_its_remedy(Exception failure, int status, string code, string expected)
    {
        var problem = await AnswerAsync(failure, stopping: false);
        Assert.Equal((status, code), (problem.Status, problem.Code));
        Assert.Contains(expected, problem.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Work_cut_off_by_the_end_of_the_host_is_told_to_come_back()
    {
        var problem = await AnswerAsync(new OperationCanceledException(), stopping: true);
        Assert.Equal((503, "draining", 1000L), (problem.Status, problem.Code, problem.RetryAfterMs));
    }

    private static async Task<Problem> AnswerAsync(Exception failure, bool stopping)
    {
        var lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        if (stopping)
        {
            lifetime.StopApplication();
        }

        using var body = new MemoryStream();
        var context = new DefaultHttpContext { Response = { Body = body } };
        await new Boundary(_ => throw failure, lifetime, NullLogger<Boundary>.Instance).InvokeAsync(context);
        Assert.Equal("application/problem+json", context.Response.ContentType);
        return JsonSerializer.Deserialize(Encoding.UTF8.GetString(body.ToArray()), LoomJson.Default.Problem)!;
    }
}
