using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Api;
using Imgsync.Testing;

namespace Imgsync.Core.Tests.Glance.Api;

public sealed class GlanceListTests(DevCloud cloud) : IClassFixture<DevCloud>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly string _prefix = DevCloud.UniquePrefix();

    [Fact]
    public async Task A_listing_goes_on_over_pages_newest_first()
    {
        using var connection = Connect.To(cloud.Cloud());
        var made = new List<string>();
        for (var i = 0; i < 5; i++)
            made.Insert(0, (await MakeAsync(connection, "image")).Id);

        var listed = await ListAsync(connection, new ImageQuery { Properties = Marked(), PageSize = 2 });

        Assert.Equal(made, listed.Select(image => image.Id), StringComparer.Ordinal);
    }

    [Fact]
    public async Task Hidden_images_are_listed_only_when_asked_for()
    {
        using var connection = Connect.To(cloud.Cloud());
        var plain = await MakeAsync(connection, "plain");
        var hidden = await MakeAsync(connection, "hidden");
        await connection.Glance.PatchAsync(hidden.Id, [PatchOperation.Set("os_hidden", true)], Cancellation);

        var listed = await ListAsync(connection, new ImageQuery { Properties = Marked() });
        var listedHidden = await ListAsync(connection, new ImageQuery { Properties = Marked(), OsHidden = true });

        Assert.Equal(plain.Id, Assert.Single(listed).Id);
        Assert.Equal(hidden.Id, Assert.Single(listedHidden).Id);
    }

    [Fact]
    public async Task Names_and_property_values_are_matched_whole_whatever_is_in_them()
    {
        using var connection = Connect.To(cloud.Cloud());
        var name = _prefix + "in:a,b & c=d [20240717-1811] + ü%20";
        var image = await connection.Glance.CreateAsync(
            Connect.NewImage(name) with { Properties = new Dictionary<string, string>(StringComparer.Ordinal) { ["test.mark"] = name } },
            Cancellation);

        var byName = await ListAsync(connection, new ImageQuery { Name = name });
        var byProperty = await ListAsync(
            connection, new ImageQuery { Properties = new Dictionary<string, string>(StringComparer.Ordinal) { ["test.mark"] = name } });
        var byPart = await ListAsync(connection, new ImageQuery { Name = name[..^3] });

        Assert.Equal(image.Id, Assert.Single(byName).Id);
        Assert.Equal(image.Id, Assert.Single(byProperty).Id);
        Assert.Empty(byPart);
    }

    [Fact]
    public async Task Status_visibility_and_owner_narrow_a_listing_down()
    {
        using var connection = Connect.To(cloud.Cloud());
        var queued = await MakeAsync(connection, "queued");
        var active = await MakeAsync(connection, "active");
        await connection.Glance.UploadAsync(active.Id, new MemoryStream([1]), 1, Cancellation);
        await connection.Glance.PatchAsync(active.Id, [PatchOperation.Set(ImageVisibility.Community)], Cancellation);

        var byStatus = await ListAsync(connection, new ImageQuery { Properties = Marked(), Statuses = ["queued", "saving"] });
        var byVisibility = await ListAsync(connection, new ImageQuery { Properties = Marked(), Visibility = ImageVisibility.Community });
        var own = await ListAsync(connection, new ImageQuery { Properties = Marked(), Owner = queued.Owner });
        var others = await ListAsync(connection, new ImageQuery { Properties = Marked(), Owner = "somebody-else" });

        Assert.Equal(queued.Id, Assert.Single(byStatus).Id);
        Assert.Equal(active.Id, Assert.Single(byVisibility).Id);
        Assert.Equal(2, own.Count);
        Assert.Empty(others);
    }

    private Dictionary<string, string> Marked() => new(StringComparer.Ordinal) { ["test.mark"] = _prefix };

    private Task<GlanceImage> MakeAsync(CloudConnection connection, string name) =>
        connection.Glance.CreateAsync(Connect.NewImage(_prefix + name) with { Properties = Marked() }, Cancellation);

    private static async Task<List<GlanceImage>> ListAsync(CloudConnection connection, ImageQuery query) =>
        await connection.Glance.ListAsync(query, Cancellation).ToListAsync(Cancellation);
}
