using Imgsync.Core.Configuration;
using Imgsync.Core.Content;
using Imgsync.Core.DiskImages;
using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;
using Imgsync.Core.Tests.Glance;
using Imgsync.Testing;
using Imgsync.Testing.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Imgsync.Core.Tests.Publishing;

/// <summary>The last link of the chain: what Glance says it holds.</summary>
public sealed class GlanceProofTests
{
    private static readonly string Zeros = new('0', 128);

    private static readonly ContentFacts Facts = new(
        3, Digest.FromBytes(DigestAlgorithm.Sha256, new byte[32]), Digest.FromBytes(DigestAlgorithm.Sha512, new byte[64]));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [Shows("an-image-that-glance-holds-differently-is-deleted-and-never-made-visible")]
    [InlineData("sha512", "ff", 3, "Glance holds 3 bytes with sha512:ff")]
    [InlineData("sha512", "00", 2, "Glance holds 2 bytes")]
    [InlineData("sha1", "00", 3, "Glance gives no digest we can compare (os_hash_algo sha1)")]
    [InlineData(null, null, 3, "Glance gives no digest we can compare (os_hash_algo absent)")]
    public async Task An_image_that_Glance_holds_differently_is_deleted_and_never_made_visible(
        string? algorithm, string? start, long size, string expected)
    {
        var held = algorithm is null ? "" : $$""", "os_hash_algo": "{{algorithm}}", "os_hash_value": "{{start + Zeros[2..]}}" """;
        await using var server = new ScriptedServer().SigningIn()
            .On("GET", "/image/v2/images/i1", Answer.Json(ScriptedCloud.Image("i1")), Answer.Json($$"""{ "id": "i1", "name": "Debian 12", "status": "active", "size": {{size}}{{held}} }"""))
            .On("PUT", "/image/v2/images/i1/file", Answer.Of(204))
            .On("DELETE", "/image/v2/images/i1", Answer.Of(204));
        using var connection = Connect.To(ScriptedCloud.Options(server));

        await using var hold = ScriptedRunLock.Hold();
        var options = new PublishOptions { Visibility = ImageVisibility.Public };

        await using (var upload = new GlanceUpload(
            connection, new GlanceImage { Id = "i1", Status = "queued" }, options,
            new UploadSituation(UploadMethod.Stream, [], UploadsAreRefused: false, Obstacle: null), minDisk: 0, hold, NullLogger.Instance))
        {
            upload.Begin(Facts.Length);
            await upload.WriteAsync(new byte[] { 1, 2, 3 }, Cancel);
            var refusal = await Assert.ThrowsAsync<IntegrityException>(
                () => upload.CompleteAsync(new VerifiedContent(Facts, new DiskImage("qcow2", 1)), Cancel));
            Assert.StartsWith(expected, refusal.Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(server.Requests, request => request.Method is "PATCH");
        Assert.Equal("DELETE", server.Requests[^1].Method);
    }
}
