using System.ComponentModel;

namespace Imgsync.Core.Configuration;

/// <summary>One Glance to publish to, and how to sign in to its Keystone.</summary>
public sealed record CloudOptions
{
    [Description("The name used in reports and on the command line.")]
    public string Name { get; init; } = "default";

    public KeystoneOptions Auth { get; init; } = new();

    [Description("The region whose endpoint is taken from the service catalogue.")]
    public string? Region { get; init; }

    [Description("Which endpoint is taken: public, internal or admin.")]
    public string Interface { get; init; } = "public";

    [Description("The image endpoint, where the service catalogue's is not to be used.")]
    public Uri? ImageEndpoint { get; init; }

    [Description("A file of further certificate authorities (PEM) for this cloud.")]
    public string? CaFile { get; init; }

    [Description("Further certificate authorities (PEM) for this cloud by value, where there is no file to name, as in an app's settings.")]
    public string? CaPem { get; init; }

    [Description("A client certificate (PEM) to show to this cloud.")]
    public string? CertFile { get; init; }

    [Description("The client certificate's private key (PEM), where it is not in the same file.")]
    public string? KeyFile { get; init; }

    [Description("Accepts any certificate. Said as a warning at every run.")]
    public bool Insecure { get; init; }

    [Description("Distributions to keep current in this cloud, where not all of them.")]
    public IReadOnlyList<string>? Distributions { get; init; }

    /// <summary>Overrides for this cloud's images of <see cref="ImgsyncOptions.Publish"/>.</summary>
    public PublishOverrides Publish { get; init; } = new();

    [Description("How long a single small request to this cloud may take.")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    [Description("How long an image may take to become active after its upload.")]
    public TimeSpan ActivationTimeout { get; init; } = TimeSpan.FromMinutes(5);
}
