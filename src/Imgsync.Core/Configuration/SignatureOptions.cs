using System.ComponentModel;

namespace Imgsync.Core.Configuration;

/// <summary>Where publishers' keys are found. Whatever the place, only the pinned fingerprint decides.</summary>
public sealed record SignatureOptions
{
    [Description("Keyring files (binary or armoured), or armoured keys themselves.")]
    public IReadOnlyList<string> Keyrings { get; init; } = [];

    [Description("An HTTPS key server for keys found nowhere else; empty switches it off.")]
    public Uri? KeyServer { get; init; } = new("https://keyserver.ubuntu.com/");
}
