using Imgsync.Core.Catalog.Reading;
using Imgsync.Core.Configuration.Loading;
using Imgsync.Core.Tests.Configuration;

namespace Imgsync.Core.Tests.Catalog;

/// <summary>What the settings name and nobody has, told in one go, each with the place where it was set.</summary>
public sealed class UnknownNamesTests : IDisposable
{
    private readonly Settings _settings = new();

    public void Dispose() => _settings.Dispose();

    [Fact]
    public void Unknown_keys_distributions_publishers_and_overrides_are_told_together_each_with_its_file()
    {
        _settings.WithSystemFile("imgsync/imgsync.conf", "[DEFAULT]\npropertys = a=1\ndistributions = debian12")
            .WithFile("imgsync.yaml", """
                distributions: [debian12, debain12]
                maxParalel: 3
                clouds:
                  - name: paris
                    auth: { authUrl: "https://keystone.example", token: t, type: token }
                    distributions: [ubunut24, slackware]
                overrides: { debian21: { minRam: 1 } }
                """)
            .WithVariable("IMGSYNC__PUBLISHERS__DEBAIN", "https://mirror.example/")
            .WithOption("publish:kep", "1");

        var yaml = Path.Combine(_settings.CurrentDirectory, "imgsync.yaml");
        var conf = Path.Combine(_settings.SystemDirectory, "imgsync/imgsync.conf");
        string[] expected =
        [
            $"[DEFAULT] propertys ({conf}) is not an option of imgsync.conf (did you mean properties?).",
            $"maxParalel ({yaml}) is not a setting (did you mean maxParallel?).",
            "publish.kep (command line) is not a setting (did you mean publish.keep?).",
            "IMGSYNC__PUBLISHERS__DEBAIN (environment) is no publisher of the catalogue; did you mean debian?",
            $"overrides.debian21 ({yaml}) is about no distribution of the catalogue; did you mean debian11?",
            $"distributions[1] ({yaml}) names the distribution debain12, which is not in the catalogue (did you mean debian12?).",
            $"clouds[0].distributions[0] ({yaml}) names the distribution ubunut24, which is not in the catalogue "
                + "(did you mean ubuntu24?).",
            $"clouds[0].distributions[1] ({yaml}) names the distribution slackware, which is not in the catalogue.",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), Faults().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("IMGSYNC__DISTRIBUTIONS", "debian12, debain12", "IMGSYNC__DISTRIBUTIONS (environment) names the distribution debain12, ")]
    [InlineData("IMGSYNC__DISTRIBUTIONS__0", "slackware", "IMGSYNC__DISTRIBUTIONS__0 (environment) names the distribution slackware, ")]
    [InlineData("IMGSYNC__DISTRIBUTIONS", "Debian-12x", "IMGSYNC__DISTRIBUTIONS (environment) names the distribution Debian-12x, ")]
    [InlineData("IMGSYNC__CATALOG", "/nowhere/catalog.json", "The catalogue /nowhere/catalog.json cannot be read")]
    public void An_unknown_distribution_is_told_by_the_name_of_its_variable(string variable, string value, string start)
    {
        _settings.WithVariable(variable, value);

        Assert.StartsWith(start, Assert.Single(Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_catalogue_has_is_no_fault()
    {
        _settings.WithJson("""
            {
              "distributions": ["debian12"],
              "publishers": { "Debian": "https://mirror.example/" },
              "overrides": { "UBUNTU24": { "minRam": 1 } }
            }
            """);

        Assert.Equal(["debian12"], OptionsLoader.Load(_settings.Sources, CatalogLoader.Check).Options.Distributions);
    }

    private IReadOnlyList<string> Faults() =>
        Assert.Throws<ConfigurationException>(() => OptionsLoader.Load(_settings.Sources, CatalogLoader.Check)).Faults;
}
