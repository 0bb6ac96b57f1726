using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Imgsync.Core.Configuration;

/// <summary>Where publishers' keys are found. Whatever the place, only the pinned fingerprint decides.</summary>
public sealed record SignatureOptions
{
    [Description("Keyring files (binary or armoured), or armoured keys themselves.")]
    public IReadOnlyList<string> Keyrings { get; init; } = [];

    [Description("An HTTPS key server for keys found nowhere else; empty switches it off.")]
    public Uri? KeyServer { get; init; } = new("https://keyserver.ubuntu.com/");
}

/// <summary>Whether an image may be used without a signature over its digest.</summary>
[JsonConverter(typeof(WordConverter<SignaturePolicy>))]
public enum SignaturePolicy
{
    /// <summary>Not looked for: the publisher does not sign.</summary>
    None,

    /// <summary>A bad signature is refused, a missing one is said in the report.</summary>
    Preferred,

    /// <summary>Nothing is used without a good signature by a pinned key.</summary>
    Required,
}
