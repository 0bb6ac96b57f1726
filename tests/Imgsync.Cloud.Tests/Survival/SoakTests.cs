using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;

namespace Imgsync.Cloud.Tests.Survival;

/// <summary>A short soak with a fixed seed; <c>bench/soak.sh</c> runs a long one.</summary>
[Long]
public sealed class SoakTests(DevCloud cloud)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [TakesMinutes(5)]
    public async Task A_dozen_syncs_with_random_faults_break_no_invariant()
    {
        Assert.NotNull(cloud.GlanceUrl);

        var ended = await ChildProcess
            .Command(
                "dotnet", Path.Combine(
                    AppContext.BaseDirectory, "Workbench.dll"), "soak", "12", "20240717", Path.Combine(AppContext.BaseDirectory,
                    "imgsync.dll"))
            .WithEnvironmentVariables(variables => variables.Set(DevCloud.SharedFolderVariable, cloud.Folder))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(Cancel);

        var summary = ended.StandardOutput.TrimEnd().Split('\n')[^1];
        Story.Tell("soak", summary);
        Assert.True(ended.ExitCode == 0, ended.StandardOutput + ended.StandardError);
        Assert.Matches(
            new Regex(
                @"^12 runs, seed 20240717; faults .+; [1-9]\d* invariants checked, violations "
                    + "0$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)), summary);
    }
}
