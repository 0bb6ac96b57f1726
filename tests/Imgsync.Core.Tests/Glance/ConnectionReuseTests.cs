using Imgsync.Core.Tests.Glance.Api;
using Imgsync.Testing;
using Imgsync.Testing.Http;

namespace Imgsync.Core.Tests.Glance;

/// <summary>On a scripted Glance that keeps connections open, as the development cloud's does not.</summary>
public sealed class ConnectionReuseTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_request_after_another_and_an_upload_between_them_share_one_connection_to_Glance()
    {
        await using var server = new ScriptedServer().SigningIn()
            .Always("GET", "/image/v2/images/4f", Answer.Json(ScriptedCloud.Image("4f", "active")))
            .Always("PUT", "/image/v2/images/4f/file", Answer.Of(204));
        await using var glance = new FaultProxy(server.Url);
        using var connection = Connect.To(ScriptedCloud.Options(server) with { ImageEndpoint = new Uri(glance.Url, "image") });

        for (var time = 0; time < 3; time++)
        {
            await connection.Glance.ShowAsync("4f", Cancellation);
            await connection.Glance.UploadAsync("4f", new GeneratedStream(1 << 20), 1 << 20, Cancellation);
        }

        // An upload asks for the image first, so that its token is known to be good, and afterwards whether it is active.
        Assert.Equal(12, server.Requests.Count(request => request.Path.StartsWith("/image/v2/images/", StringComparison.Ordinal)));
        Assert.Equal(1, glance.Connections);
    }
}
