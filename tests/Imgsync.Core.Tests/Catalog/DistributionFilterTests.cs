using Imgsync.Core.Catalog;
using Imgsync.Core.Catalog.Reading;

namespace Imgsync.Core.Tests.Catalog;

/// <summary>What <c>--filter</c> lets through, of the built-in catalogue.</summary>
public sealed class DistributionFilterTests
{
    private static readonly DateOnly Today = new(2026, 11, 27);

    private static readonly DistributionCatalog Catalogue = CatalogLoader.Load(null, new Dictionary<string, Uri>(StringComparer.Ordinal));

    [Theory]
    [InlineData("family=rocky arch=arm64", "rocky8-arm64 rocky9-arm64 rocky10-arm64")]
    [InlineData("FAMILY=Rocky arch=aarch64 family!=debian", "rocky8-arm64 rocky9-arm64 rocky10-arm64")]
    [InlineData("family=rocky,cirros arch=amd64", "rocky8 rocky9 rocky10 cirros")]
    [InlineData("family=rock* arch!=amd64,arm64", "rocky10-ppc64el rocky10-s390x rocky9-ppc64el rocky9-s390x")]
    [InlineData("family=debian signed=yes", "")]
    public void What_passes_all_filters_is_let_through(string filters, string expected)
    {
        var passes = DistributionFilter.All(filters.Split(' '), Catalogue.All, Today);

        Assert.Equal(
            expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
            Catalogue.All.Where(passes).Select(spec => spec.Key).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("signed=no", "debian12", "rocky9")]
    [InlineData("supported=no", "ubuntu18", "debian12")]
    [InlineData("unconfirmed=yes", "gentoo", "rocky9")]
    [InlineData("os=ubuntu", "ubuntu24", "debian12")]
    [InlineData("publisher=ubuntu*", "ubuntu24", "debian12")]
    public void Each_field_tells_two_distributions_apart(string filter, string passing, string other)
    {
        var passes = DistributionFilter.All([filter], Catalogue.All, Today);

        Assert.True(passes(Catalogue.Get(passing)));
        Assert.False(passes(Catalogue.Get(other)));
    }

    [Fact]
    public void Every_word_that_is_no_filter_is_told_with_what_was_probably_meant()
    {
        var refusal = Assert.Throws<ConfigurationException>(
            () => DistributionFilter.All(["famly=debian", "arch=arm46", "signed=maybe", "arm64", "family=", "=x"], Catalogue.All, Today));

        Assert.Equal(
            [
                "--filter famly=debian: there is no field famly (did you mean family?); it must be one of arch, family, publisher, os, signed, "
                    + "supported, unconfirmed.",
                "--filter arch=arm46: no distribution has arch arm46 (did you mean arm64?).",
                "--filter signed=maybe: no distribution has signed maybe.",
                "--filter arm64 must be written --filter FIELD=VALUE, such as --filter arch=arm64.",
                "--filter family= has no value; family is what it belongs to: debian, rocky and so on.",
                "--filter =x must be written --filter FIELD=VALUE, such as --filter arch=arm64.",
            ],
            refusal.Faults);
    }
}
