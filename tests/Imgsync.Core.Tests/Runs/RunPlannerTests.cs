using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration;
using Imgsync.Core.Runs;

namespace Imgsync.Core.Tests.Runs;

public sealed class RunPlannerTests
{
    [Theory]
    // Nothing asked for: what the settings keep current where.
    [InlineData("", "", "debian12: paris lyon | ubuntu24: paris | debian11: lyon")]
    [InlineData("", "lyon", "debian12: lyon | debian11: lyon")]
    [InlineData("", "paris", "debian12: paris | ubuntu24: paris")]
    // A distribution asked for: where it is kept current, and a cloud without a list of its own takes whatever there is.
    [InlineData("debian12", "", "debian12: paris lyon")]
    [InlineData("debian13", "", "debian13: paris")]
    [InlineData("debian11 debian11", "", "debian11: paris lyon")]
    // Both asked for: it is done.
    [InlineData("ubuntu24", "lyon", "ubuntu24: lyon")]
    public void A_clouds_own_list_stands_in_place_of_the_general_one_and_an_explicit_request_before_both(
        string keys, string clouds, string expected)
    {
        var plan = Planner(general: ["debian12", "ubuntu24"], Cloud("paris"), Cloud("lyon", "debian12", "debian11"))
            .Plan(new RunRequest { Distributions = Words(keys), Clouds = Words(clouds) });

        Assert.Equal(expected, string.Join(" | ", plan.Select(planned => $"{planned.Distribution}: {string.Join(' ', planned.Clouds)}")));
    }

    [Theory]
    [InlineData("", "ubuntu24 debian11", "ubuntu24: paris | debian11: lyon")]
    [InlineData("debian12 debian13", "debian13", "debian13: paris")]
    public void A_filter_takes_away_and_makes_a_request_a_partial_one(string keys, string only, string expected)
    {
        var request = new RunRequest { Distributions = Words(keys), Only = Words(only) };

        var plan = Planner(general: ["debian12", "ubuntu24"], Cloud("paris"), Cloud("lyon", "debian12", "debian11")).Plan(request);

        Assert.Equal(expected, string.Join(" | ", plan.Select(planned => $"{planned.Distribution}: {string.Join(' ', planned.Clouds)}")));
        Assert.False(request.IsComplete);
        var refusal = Assert.Throws<ConfigurationException>(() => Planner(["debian12"], Cloud("paris")).Plan(request with { Only = [] }));
        Assert.Contains("passes the filter", Assert.Single(refusal.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cloud_with_an_empty_list_gets_nothing()
    {
        var plan = Planner(["debian12"], Cloud("paris"), new CloudOptions { Name = "paused", Distributions = [] }).Plan(new RunRequest());

        Assert.Equal(["paris"], Assert.Single(plan).Clouds);
    }

    [Fact]
    public void A_distribution_that_no_cloud_takes_is_refused_with_the_two_ways_out()
    {
        var planner = Planner(["debian12"], Cloud("lyon", "debian12"));

        var refusal = Assert.Throws<ConfigurationException>(
            () => planner.Plan(new RunRequest { Distributions = ["ubuntu24", "debian12"] }));

        Assert.Equal(
            "No cloud keeps ubuntu24 current: name the cloud that is to get it all the same, or add it to the distributions of one.",
            Assert.Single(refusal.Faults));
    }

    [Fact]
    public void Everything_that_is_wrong_with_a_request_is_said_at_once()
    {
        var planner = Planner(["debian12"], Cloud("paris", "debain11"));

        var refusal = Assert.Throws<ConfigurationException>(
            () => planner.Plan(new RunRequest { Distributions = ["ubunut24"], Clouds = ["pairs"] }));

        Assert.Collection(
            refusal.Faults,
            fault => Assert.Contains("pairs is not configured (did you mean paris?)", fault, StringComparison.Ordinal),
            fault => Assert.Contains("ubunut24 is not in the catalogue (did you mean ubuntu24?)", fault, StringComparison.Ordinal));
    }

    [Fact]
    public void A_distribution_of_the_settings_that_is_not_known_is_planned_and_fails_by_itself() =>
        Assert.Equal(["debain11"], Planner(["debian12"], Cloud("paris", "debain11")).Plan(new RunRequest()).Select(one => one.Distribution));

    [Fact]
    public void A_download_alone_takes_what_any_cloud_keeps_current_and_needs_none()
    {
        var some = Planner(["debian12"], Cloud("lyon", "debian11")).Plan(new RunRequest { DownloadOnly = true });
        var none = Planner(["debian12"]).Plan(new RunRequest { DownloadOnly = true });

        Assert.Equal(["debian12", "debian11"], some.Select(planned => planned.Distribution));
        Assert.Equal("debian12", Assert.Single(none).Distribution);
    }

    [Fact]
    public void Without_a_cloud_or_a_distribution_there_is_nothing_to_plan()
    {
        var refusal = Assert.Throws<ConfigurationException>(() => Planner([]).Plan(new RunRequest()));

        Assert.Equal(2, refusal.Faults.Count);
    }

    private static CloudOptions Cloud(string name, params string[] own) => new() { Name = name, Distributions = own is [] ? null : own };

    private static RunPlanner Planner(string[] general, params CloudOptions[] clouds)
    {
        var catalog = CatalogLoader.Load(userFile: null, new Dictionary<string, Uri>(StringComparer.Ordinal));
        return new RunPlanner(catalog, new ImgsyncOptions { Distributions = general, Clouds = clouds });
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
