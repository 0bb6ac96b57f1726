using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Imgsync.Core.Configuration;

namespace Imgsync.Cloud.Tests.Infra;

/// <summary>The templates name our settings as text; here that text meets the options it is meant for.</summary>
[Collection(nameof(PredictedDeployment))]
public sealed partial class AppSettingsTests(PredictedDeployment deployment)
{
    [Fact]
    public void Every_Imgsync_setting_names_an_option_that_exists()
    {
        var ours = deployment.AppSettings().Keys.Where(name => name.StartsWith("Imgsync__", StringComparison.Ordinal)).ToList();

        var unknown = ours.Where(name => !NamesAnOption(name.Split("__").AsSpan(1), typeof(ImgsyncOptions)));

        Assert.True(ours.Count > 30, string.Join('\n', ours));
        Assert.Empty(unknown);
    }

    [Fact]
    public void The_timer_has_its_schedule_and_staging_its_account()
    {
        var settings = deployment.AppSettings();

        Assert.Equal("0 0 */6 * * *", settings["IMGSYNC_SCHEDULE"]);
        Assert.Equal("imgsync", settings["Imgsync__Staging__Container"]);
        Assert.NotNull(settings["Imgsync__Staging__BlobEndpoint"]);
    }

    [Fact]
    public void The_host_reaches_its_storage_with_the_apps_identity()
    {
        var settings = deployment.AppSettings();

        Assert.False(settings.ContainsKey("AzureWebJobsStorage"));
        Assert.Equal("managedidentity", settings["AzureWebJobsStorage__credential"]);
        Assert.Equal(settings["AZURE_CLIENT_ID"], settings["AzureWebJobsStorage__clientId"]);
    }

    [Fact]
    public void An_upload_that_cannot_be_taken_up_half_way_has_as_long_as_an_image_may_take()
    {
        var timeout = TimeSpan.Parse(deployment.AppSettings()["AzureFunctionsJobHost__functionTimeout"], CultureInfo.InvariantCulture);

        Assert.True(timeout >= new UpstreamOptions().ImageTimeout, timeout.ToString());
    }

    [Fact]
    public async Task The_operators_page_lists_every_setting_of_the_platform_that_the_templates_or_the_sample_set()
    {
        var page = await File.ReadAllTextAsync(Checkout.File("docs/operations.md"), TestContext.Current.CancellationToken);
        await using var file = File.OpenRead(Checkout.File("local.settings.sample.json"));
        using var sample = await JsonDocument.ParseAsync(file, cancellationToken: TestContext.Current.CancellationToken);

        var set = deployment.AppSettings().Keys
            .Concat(sample.RootElement.GetProperty("Values").EnumerateObject().Select(setting => setting.Name))
            .Where(name => !name.StartsWith("Imgsync__", StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal);

        Assert.Equal(
            set.Order(StringComparer.Ordinal), Row().Matches(page).Select(row => row.Groups["name"].Value).Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("(?m)^\\| `(?<name>[A-Z][A-Za-z_]+)` \\|", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Row();

    private static bool NamesAnOption(ReadOnlySpan<string> path, Type type)
    {
        if (path is [])
            return !typeof(IEnumerable).IsAssignableFrom(type) || type == typeof(string);

        if (int.TryParse(path[0], NumberStyles.None, CultureInfo.InvariantCulture, out _))
            return type.IsGenericType && NamesAnOption(path[1..], type.GetGenericArguments()[0]);

        return type.GetProperty(path[0]) is { } property && NamesAnOption(path[1..], property.PropertyType);
    }
}
