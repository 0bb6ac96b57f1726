using CliWrap;
using CliWrap.Buffered;
using Imgsync.Testing.Http;

namespace Imgsync.Cloud.Tests.Secrets;

/// <summary>The built program in an environment with proxies: what it says never holds the password, and what is excluded goes straight.</summary>
public sealed class ProxySecretTests(DevCloud cloud)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [Shows("a-cloud-that-is-excluded-is-signed-in-to-past-the-proxy")]
    [InlineData("http://bot:Sup3rSecret@{0}", "127.0.0.0/8")]
    [InlineData("http://bot:Sup3rSecret@{0}", "*")]
    [InlineData("{0}", "{1}")]
    [InlineData("gopher://{0}", "example.org,127.0.0.1")]
    public async Task A_cloud_that_is_excluded_is_signed_in_to_past_the_proxy(string proxy, string excluded)
    {
        await using var wall = new ScriptedServer();

        var (exit, said) = await ListAsync(Form(proxy, wall.Url), Form(excluded, wall.Url));

        Assert.True(exit == 0, said);
        Assert.Empty(wall.Requests);
    }

    [Theory]
    [Shows("a-proxy-that-lets-nothing-through-is-named-without-its-password")]
    [InlineData("http://bot:Sup3rSecret@{0}", "refused with 407")]
    [InlineData("bot:Sup3rSecret@{0}/path", "refused with 407")]
    [InlineData("http://bot:Sup3rSecret%20with%20blanks@{0}", "refused with 407")]
    [InlineData("http://bot:Sup3rSecret@127.0.0.1:1", "cannot be reached")]
    [InlineData("gopher://bot:Sup3rSecret@{0}", "The variable http_proxy does not name a proxy")]
    public async Task A_proxy_that_lets_nothing_through_is_named_without_its_password(string proxy, string told)
    {
        var keystone = cloud.Cloud().Auth.AuthUrl!;
        await using var wall = new ScriptedServer().Always(
            "POST", $"{keystone.AbsoluteUri.TrimEnd('/')}/auth/tokens", Answer.Of(407).With("Proxy-Authenticate", "Basic realm=\"corp\""));

        var (exit, said) = await ListAsync(Form(proxy, wall.Url), excluded: "10.0.0.0/255.0.0.0");

        Assert.Equal(1, exit);
        Assert.Contains(told, said, StringComparison.Ordinal);
        Assert.Contains("NO_PROXY has entries that are not understood", said, StringComparison.Ordinal);
        Assert.DoesNotContain("Sup3rSecret", said, StringComparison.Ordinal);
    }

    private static string Form(string written, Uri wall) =>
        written.Replace("{0}", wall.Authority, StringComparison.Ordinal).Replace("{1}", "localhost 127.0.0.1", StringComparison.Ordinal);

    private async Task<(int Exit, string Said)> ListAsync(string proxy, string excluded)
    {
        var auth = cloud.Cloud().Auth;
        var home = Directory.CreateTempSubdirectory("imgsync-proxy-");
        try
        {
            var ended = await ChildProcess
                .Command("dotnet", [Path.Combine(AppContext.BaseDirectory, "imgsync.dll"), "images", "-v"])
                .WithWorkingDirectory(home.FullName)
                .WithEnvironmentVariables(variables => variables
                    .Set("HOME", home.FullName).Set("http_proxy", proxy).Set("no_proxy", excluded)
                    .Set("OS_AUTH_URL", auth.AuthUrl!.AbsoluteUri).Set("OS_USERNAME", auth.Username)
                    .Set("OS_PASSWORD", auth.Password!.Reveal()).Set("OS_USER_DOMAIN_NAME", "Default")
                    .Set("OS_PROJECT_NAME", auth.ProjectName).Set("OS_PROJECT_DOMAIN_NAME", "Default"))
                .WithValidation(CommandResultValidation.None)
                .ExecuteBufferedAsync(Cancel);
            var written = Directory.GetFiles(home.FullName, "*", SearchOption.AllDirectories).Select(File.ReadAllText);
            return (ended.ExitCode, string.Join('\n', [ended.StandardOutput, ended.StandardError, .. written]));
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }
}
