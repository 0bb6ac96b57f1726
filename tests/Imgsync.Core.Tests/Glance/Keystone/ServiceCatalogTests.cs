using System.Text.Json;
using Imgsync.Core.Configuration;
using Imgsync.Core.Glance;
using Imgsync.Core.Glance.Keystone;

namespace Imgsync.Core.Tests.Glance.Keystone;

/// <summary>Catalogues as clouds have them: other services' entries may be anything, and there may be more than one image service.</summary>
public sealed class ServiceCatalogTests
{
    private const string Image =
        """{"type":"image","name":"glance","endpoints":[{"interface":"public","region_id":"R","url":"https://glance.example:9292"}]}""";

    [Theory]
    [InlineData("""{"type":"volume","name":"cinder"}""")]
    [InlineData("""{"type":"volume","endpoints":null}""")]
    [InlineData("""{"type":"volume","endpoints":"none"}""")]
    [InlineData("""{"type":"volume","endpoints":[null, "x", 1, []]}""")]
    [InlineData("""{"type":"volume","endpoints":[{}]}""")]
    [InlineData("""{"type":"volume","endpoints":[{"interface":null,"region":null,"url":null}]}""")]
    [InlineData("""{"type":"volume","endpoints":[{"interface":"public","url":"not a url"}]}""")]
    [InlineData("""{"type":"volume","endpoints":[{"interface":"public","url":"https://volume.example/v3/$(tenant_id)s"}]}""")]
    [InlineData("""{"type":"dns","endpoints":[{"interface":"public","url":"ldap://dns.example"}]}""")]
    [InlineData("""{"type":null,"name":7,"endpoints":[{"url":"https://x.example"}]}""")]
    [InlineData("""{"endpoints":[{"interface":"public","url":"https://x.example"}]}""")]
    [InlineData("null")]
    [InlineData("\"volume\"")]
    [InlineData("[]")]
    public void Odd_entries_of_other_services_do_no_harm(string other)
    {
        Assert.Equal("https://glance.example:9292/", Find(new CloudOptions(), other, Image).AbsoluteUri);
    }

    [Theory]
    [InlineData("https://glance.example:9292", "https://glance.example:9292/")]
    [InlineData("https://glance.example:9292", "https://glance.example:9292/v2")]
    [InlineData("https://glance.example:9292/v1", "https://glance.example:9292/v2/")]
    public void One_image_service_that_is_listed_twice_is_one(string one, string other)
    {
        Assert.NotNull(Find(new CloudOptions(), Service("glance", "R", one), Service("glance-v2", "R", other)));
    }

    [Fact]
    public void Several_image_services_of_one_region_are_named_with_the_setting_that_chooses()
    {
        var refusal = Assert.Throws<CloudRefusedException>(() => Find(
            new CloudOptions { Region = "R" }, Service("glance", "R", "https://a.example/image"), Service("glance-edge", "R", "https://b.example")));

        Assert.Contains(
            "several public endpoints in region R (glance https://a.example/image in R, glance-edge https://b.example/ in R); set ImageEndpoint",
            refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Image_services_of_several_regions_are_chosen_from_by_region()
    {
        var refusal = Assert.Throws<CloudRefusedException>(() => Find(
            new CloudOptions(), Service("glance", "R", "https://a.example"), Service("glance", "S", "https://b.example")));

        Assert.EndsWith("set Region.", refusal.Message, StringComparison.Ordinal);
    }

    private static string Service(string name, string region, string url) =>
        $$"""{"type":"image","name":"{{name}}","endpoints":[{"interface":"public","region_id":"{{region}}","url":"{{url}}"}]}""";

    private static Uri Find(CloudOptions cloud, params string[] services)
    {
        using var token = JsonDocument.Parse($$"""{"catalog":[{{string.Join(',', services)}}]}""");
        return ServiceCatalog.Read(token.RootElement).FindImageEndpoint(cloud);
    }
}
