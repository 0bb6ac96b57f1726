using CliWrap;
using CliWrap.Buffered;

namespace Imgsync.Cloud.Tests.Infra;

/// <summary>What <c>azd up</c> finds in azure.yaml, and what its hook makes of answers.</summary>
[Collection(nameof(PredictedDeployment))]
public sealed class AzdTests(PredictedDeployment deployment) : IDisposable
{
    private const string Secret = "marked-secret-17";

    private readonly string _folder = Directory.CreateTempSubdirectory("imgsync-azd-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Parameters => Path.Combine(_folder, "main.bicepparam");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_answers_become_parameters_that_compile_and_the_secret_is_not_among_them()
    {
        var asked = await AskAsync("", "my cloud", "paris", "https://keystone.example.org:5000/v3", "", "abc'; evil", "abc", "ops@example.org");
        var written = await File.ReadAllTextAsync(Parameters, Cancel);
        await File.WriteAllTextAsync(
            Parameters, written.Replace(
                "main.bicep", Path.GetRelativePath(_folder, Checkout.File("infra/bicep/main.bicep")), StringComparison.Ordinal), Cancel);
        var (compiled, said) = await BicepScript.RunAsync(
            "tools/bicep.sh", ["build-params", Parameters, "--outfile", Path.Combine(_folder, "out.json")], Cancel);

        Assert.Equal((0, 0), (asked.ExitCode, compiled));
        Assert.True(said is "", said);
        Assert.DoesNotContain(Secret, written + asked.StandardOutput + asked.StandardError, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", written, StringComparison.Ordinal);
        Assert.Contains("'debian13'", written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_answers_nothing_is_written_and_what_is_there_is_taken_as_it_is()
    {
        var unanswered = await AskAsync("debian12");
        Assert.False(File.Exists(Parameters));
        await File.WriteAllTextAsync(Parameters, "mine", Cancel);
        var again = await AskAsync();

        Assert.Equal((1, 0), (unanswered.ExitCode, again.ExitCode));
        Assert.Equal("mine", await File.ReadAllTextAsync(Parameters, Cancel));
    }

    [Fact]
    public async Task What_azure_yaml_names_is_there_and_azd_finds_the_app_by_its_tag()
    {
        var manifest = await File.ReadAllTextAsync(Checkout.File("azure.yaml"), Cancel);

        Assert.All(
            ["infra/bicep", "src/Imgsync.Functions", "infra/azd/ask.sh"], path => Assert.Contains($": {path}\n", manifest, StringComparison.Ordinal));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Checkout.File("infra/azd/ask.sh")).HasFlag(UnixFileMode.UserExecute));
        Assert.Contains("services:\n  imgsync:\n", manifest, StringComparison.Ordinal);
        Assert.Equal("imgsync", Assert.Single(deployment.Resources("Microsoft.Web/sites")).GetProperty("tags").GetProperty("azd-service-name").GetString());
        Assert.Equal("a private authority", deployment.AppSettings()["Imgsync__Clouds__0__CaPem"]);
    }

    private async Task<BufferedCommandResult> AskAsync(params string[] answers) =>
        await ChildProcess.Command("bash", Checkout.File("infra/azd/ask.sh"), Parameters)
            .WithStandardInputPipe(PipeSource.FromString(string.Join('\n', answers) + "\n"))
            .WithEnvironmentVariables(new Dictionary<string, string?>(StringComparer.Ordinal) { ["IMGSYNC_KEYSTONE_SECRET"] = Secret })
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(Cancel);
}
