using System.Globalization;
using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.Glance;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Tests.Glance;
using Imgsync.Testing.Http;

namespace Imgsync.Core.Tests.Publishing;

/// <summary>When an import is over, as a cloud says that needs a moment more.</summary>
public sealed class GlanceImportTests
{
    private static readonly string Zeros = new('0', 128);

    private static readonly DateTimeOffset Since = DateTimeOffset.Parse("2024-07-17T18:11:00Z", CultureInfo.InvariantCulture);

    private static readonly ContentFacts Facts = new(3, Sha256: null, Digest.FromBytes(DigestAlgorithm.Sha512, new byte[64]));

    private static readonly string Published = $$"""
        { "id": "i1", "name": "Debian 12", "status": "active", "size": 3, "os_hash_algo": "sha512", "os_hash_value": "{{Zeros}}",
          "visibility": "public", "imgsync.finished": "true" }
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("processing", false, 1, false)]
    [InlineData("pending", false, 1, false)]
    [InlineData("processing", false, 120, true)]
    [InlineData("success", true, 1, true)]
    [InlineData("failure", false, 1, true)]
    [InlineData(null, true, 1, false)]
    [InlineData(null, true, 120, true)]
    [InlineData(null, false, 1, true)]
    public async Task An_image_that_is_active_is_published_only_when_its_import_no_longer_saves_it(
        string? task, bool isLocked, int minutes, bool isPublished)
    {
        var theLock = isLocked ? """, "os_glance_import_task": "t1" """ : "";
        await using var server = Server(task, patched => patched == 0 ? Unpublished(theLock) : Published);

        var published = await EndAsync(server, minutes);

        Assert.Equal(isPublished, published is not null);
        Assert.Equal(isPublished ? 1 : 0, server.Requests.Count(request => request.Method is "PATCH"));
        Assert.DoesNotContain(server.Requests, request => request.Method is "DELETE");
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(" convert_to=raw", true)]
    [InlineData(" convert_to=vmdk", false)]
    [InlineData(" convert_to=\u001b[31mred", false)]
    public void A_mark_that_asks_for_another_format_is_none(string more, bool isRead)
    {
        var image = new GlanceImage
        {
            Id = "i1",
            Status = "importing",
            Properties = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [ImportMark.Name] = new ImportMark(Since, Facts, Packed: null, MinDisk: 1) + more,
            },
        };

        Assert.Equal(isRead, ImportMark.Of(image) is not null);
    }

    /// <summary>The answer to the patch shows the image as it was asked to be, whatever becomes of it.</summary>
    [Theory]
    [InlineData("all of it")]
    [InlineData("who sees it")]
    [InlineData("the marks")]
    public async Task A_publication_that_Glance_forgets_is_none_and_is_made_again_at_the_next_look(string lost)
    {
        var left = lost switch
        {
            "who sees it" => Published.Replace("public", "private", StringComparison.Ordinal),
            "the marks" => Unpublished().Replace("private", "public", StringComparison.Ordinal),
            _ => Unpublished(),
        };
        await using var server = Server("success", patched => patched switch { 0 => Unpublished(), 1 => left, _ => Published });

        var first = await EndAsync(server, minutes: 1);
        var second = await EndAsync(server, minutes: 2);

        Assert.Null(first);
        Assert.Equal("public", second?.Visibility);
        Assert.Equal(2, server.Requests.Count(request => request.Method is "PATCH"));
    }

    [Theory]
    [InlineData(120, "as before")]
    [InlineData(1, "gone")]
    public async Task A_publication_that_cannot_be_made_to_last_fails_and_is_not_told_as_one(int minutes, string how)
    {
        await using var server = Server("success", patched => patched == 0 || how is not "gone" ? Unpublished() : null);

        var failure = await Assert.ThrowsAsync<CloudUnavailableException>(() => EndAsync(server, minutes));

        Assert.StartsWith($"Cannot publish image i1 on cloud 'scripted': it was {how} when it was looked at afterwards", failure.Message,
            StringComparison.Ordinal);
        Assert.DoesNotContain(server.Requests, request => request.Method is "DELETE");
    }

    private static string Unpublished(string more = "") => $$"""
        { "id": "i1", "name": "Debian 12", "status": "active", "size": 3, "os_hash_algo": "sha512", "os_hash_value": "{{Zeros}}",
          "visibility": "private", "imgsync.import": "since=2024-07-17T18:11:00Z"{{more}} }
        """;

    /// <param name="shown">The image by how many patches there were; null for none.</param>
    private static ScriptedServer Server(string? task, Func<int, string?> shown)
    {
        var server = new ScriptedServer().SigningIn();
        return server
            .Always("GET", "/image/v2/images/i1", _ =>
                shown(server.Requests.Count(request => request.Method is "PATCH")) is { } image ? Answer.Json(image) : Answer.Of(404))
            .Always("GET", "/image/v2/images/i1/tasks", task is null
                ? Answer.Of(404)
                : Answer.Json($$"""{ "tasks": [{ "id": "t1", "status": "{{task}}", "message": "", "created_at": "2024-07-17T18:11:00Z" }] }"""))
            .Always("PATCH", "/image/v2/images/i1", Answer.Json(Published));
    }

    private static async Task<GlanceImage?> EndAsync(ScriptedServer server, int minutes)
    {
        using var cloud = Connect.To(ScriptedCloud.Options(server));
        var image = (await cloud.Glance.ShowAsync("i1", Cancel))!;
        var mark = new ImportMark(Since, Facts, Packed: null, MinDisk: 1);
        await using var hold = ScriptedRunLock.Hold();
        return await new GlanceImport(
            cloud, image, mark, new PublishOptions { ImportTimeout = TimeSpan.FromHours(1) }, minDisk: 1, hold, Since.AddMinutes(minutes))
            .EndAsync(Cancel);
    }
}
