using System.Text.Json;
using System.Text.RegularExpressions;

namespace Loom.Infra.Tests.Docker;

/// <summary>The images' Dockerfiles, read; no image is built here.</summary>
public sealed partial class DockerfileTests
{
    public static TheoryData<string> Files { get; } = new() { "infra/docker/host.Dockerfile", "infra/docker/prover.Dockerfile" };

    [Theory]
    [MemberData(nameof(Files))]
    public void Base_images_are_pinned_and_stages_that_are_copied_from_exist(string file)
    {
        var instructions = Dockerfile.Read(Repository.Read(file));
        var stages = instructions.Where(i => i.Name == "FROM").ToList();
        Assert.Equal(2, stages.Count);
        Assert.Equal("FROM", instructions[0].Name);
        Assert.All(stages, s => Assert.True(Images.IsPinned(s.Words[0]), s.Rest));
        var names = stages.Select(s => s.Words is [_, "AS", var name] ? name : null).ToList();
        Assert.All(instructions.Where(i => i.Flags.ContainsKey("from")), i => Assert.Contains(i.Flags["from"], names));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_last_stage_runs_as_a_user_without_rights_and_says_whether_it_is_well(string file)
    {
        var last = LastStage(file);
        Assert.Equal("1654:1654", Assert.Single(last, i => i.Name == "USER").Rest);
        Assert.True(IndexOf(last, "USER") > last.FindLastIndex(i => i.Name == "RUN"), "something runs after USER that may need rights");
        var health = Assert.Single(last, i => i.Name == "HEALTHCHECK");
        Assert.Equal(["interval", "timeout", "start-period", "retries"], health.Flags.Keys);
        var command = JsonSerializer.Deserialize<string[]>(health.Rest[4..])!;
        Assert.StartsWith("CMD ", health.Rest, StringComparison.Ordinal);
        Assert.Equal("healthy.sh", command[0]);
        Assert.Contains(command[1], Assert.Single(last, i => i.Name == "EXPOSE").Words);
        Assert.NotEmpty(Assert.Single(last, i => i.Name == "ENTRYPOINT").Words);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void What_is_copied_from_the_checkout_exists_and_is_not_ignored(string file)
    {
        var ignored = Repository.Read(".dockerignore").Split('\n').Where(l => l.Length > 0 && !l.StartsWith('#')).ToList();
        var sources = Dockerfile.Read(Repository.Read(file)).Where(i => i.Name == "COPY" && !i.Flags.ContainsKey("from")).SelectMany(i => i.Words.SkipLast(1)).ToList();
        Assert.NotEmpty(sources);
        Assert.All(sources, s =>
        {
            Assert.True(Repository.Has(s), $"{s} does not exist");
            Assert.DoesNotContain(s.Split('/')[0], ignored);
        });
    }

    [Fact]
    public void Scripts_that_are_copied_can_be_run() =>
        Assert.All(Directory.GetFiles(Repository.PathOf("infra/docker"), "*.sh"), s =>
        {
            Assert.StartsWith("#!/usr/bin/env bash\n", File.ReadAllText(s), StringComparison.Ordinal);
            Assert.True(Repository.IsExecutable(s), s);
        });

    [Fact]
    public void The_hosts_image_sets_settings_that_exist_and_every_project_it_builds_is_copied()
    {
        var text = Repository.Read("infra/docker/host.Dockerfile");
        Assert.All(Setting().Matches(text).Select(m => m.Groups[1].Value), v => Assert.Contains(v, Repository.Variables));
        var copied = Dockerfile.Read(text).Where(i => i.Name == "COPY").SelectMany(i => i.Words.SkipLast(1)).ToList();
        var projects = new HashSet<string>();
        foreach (var project in Published().Matches(text).Select(m => m.Groups[1].Value))
        {
            Follow(project, projects);
        }

        Assert.True(projects.Count > 10);
        Assert.All(projects, p => Assert.Contains(copied, c => p.StartsWith(c + "/", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("COPPY a b")]
    [InlineData("FROM")]
    public void A_line_that_is_no_instruction_is_refused(string line) => Assert.Throws<FormatException>(() => Dockerfile.Read(line));

    // What a project references, and what that references.
    private static void Follow(string project, HashSet<string> seen)
    {
        if (!seen.Add(project))
        {
            return;
        }

        var folder = Path.GetDirectoryName(project)!;
        foreach (var reference in Reference().Matches(Repository.Read(project)).Select(m => m.Groups[1].Value))
        {
            Follow(Path.GetRelativePath(Repository.PathOf("."), Path.GetFullPath(Repository.PathOf(Path.Combine(folder, reference)))).Replace('\\', '/'), seen);
        }
    }

    private static List<Instruction> LastStage(string file)
    {
        var all = Dockerfile.Read(Repository.Read(file)).ToList();
        return all[all.FindLastIndex(i => i.Name == "FROM")..];
    }

    private static int IndexOf(List<Instruction> stage, string name) => stage.FindIndex(i => i.Name == name);

    [GeneratedRegex(@"\b(LOOM_[A-Z_]+)=")]
    private static partial Regex Setting();

    [GeneratedRegex(@"dotnet publish (\S+)")]
    private static partial Regex Published();

    [GeneratedRegex("<ProjectReference Include=\"([^\"]+)\"")]
    private static partial Regex Reference();
}
