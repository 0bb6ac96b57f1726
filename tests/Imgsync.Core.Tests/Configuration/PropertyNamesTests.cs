using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Publishing;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Configuration;

/// <summary>One list says which names are imgsync's own, and one which are Glance's.</summary>
public sealed class PropertyNamesTests(DevCloud cloud) : IClassFixture<DevCloud>
{
    [Fact]
    public void Every_mark_is_a_name_that_nobody_else_may_set()
    {
        var marks = typeof(ImageMarks).GetFields()
            .Where(field => field.IsLiteral && field.Name is not nameof(ImageMarks.Imgsync))
            .Select(field => (string)field.GetRawConstantValue()!)
            .Concat(Enum.GetValues<DigestAlgorithm>().Select(ImageMarks.Digest))
            .Concat(Enum.GetValues<DigestAlgorithm>().Select(ImageMarks.Unpacked));

        Assert.All(marks, mark => Assert.True(PropertyNames.IsMark(mark), mark));
    }

    [Fact]
    public async Task Every_attribute_of_a_real_glances_schema_is_known()
    {
        using var glance = await cloud.ProbeAsync(TestContext.Current.CancellationToken, "syncer");

        var schema = await glance.ImageSchemaAsync(TestContext.Current.CancellationToken);

        // What Glance calls is_base: false are properties with a meaning, such as os_distro.
        var attributes = schema["properties"]!.AsObject()
            .Where(property => (bool?)property.Value!["is_base"] is not false)
            .Select(property => property.Key)
            .ToList();
        Assert.Contains("os_hidden", attributes, StringComparer.Ordinal);
        Assert.All(attributes, name => Assert.True(PropertyNames.IsAttribute(name), name));
    }
}
