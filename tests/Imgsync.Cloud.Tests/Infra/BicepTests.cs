namespace Imgsync.Cloud.Tests.Infra;

public sealed class BicepTests
{
    [Fact]
    public async Task The_templates_compile_and_lint_without_a_warning()
    {
        var (exitCode, said) = await BicepScript.RunAsync("lint.sh", [], TestContext.Current.CancellationToken);

        Assert.True(exitCode == 0, said);
    }
}
