using Imgsync.Core.Configuration;
using Imgsync.Core.Glance.Keystone;
using Microsoft.Extensions.Logging;
using RestSharp;

namespace Imgsync.Core.Glance.Api;

/// <summary>One cloud, ready to talk to: its Keystone session and its Glance share one HTTP client, disposed with this.</summary>
public sealed class CloudConnection : IDisposable
{
    private readonly HttpClient _http;
    private readonly RestClient _rest;

    /// <param name="inner">The end of the handler chain, where the network is not to be used.</param>
    public CloudConnection(CloudOptions cloud, TimeProvider time, ILoggerFactory loggers, HttpMessageHandler? inner = null)
    {
        Name = cloud.Name;
        _http = CloudHttp.Open(cloud, time, loggers.CreateLogger<CloudConnection>(), inner);
        _rest = CloudHttp.Wrap(_http);
        var api = new CloudApi(cloud, _rest);
        Keystone = new KeystoneSession(cloud, api, time, loggers.CreateLogger<KeystoneSession>());
        Projects = new KeystoneProjects(api, Keystone);
        Download = new ImageDownload(cloud, _http, Keystone);
        Glance = new GlanceClient(new GlanceTransport(cloud, api, Keystone, time), new ImageActivation(cloud, time));
    }

    /// <summary>The cloud's name in the configuration.</summary>
    public string Name { get; }

    public KeystoneSession Keystone { get; }

    public KeystoneProjects Projects { get; }

    public GlanceClient Glance { get; }

    public ImageDownload Download { get; }

    public void Dispose()
    {
        Keystone.Dispose();
        _rest.Dispose();
        _http.Dispose();
    }
}
