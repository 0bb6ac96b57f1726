using System.Text.Json.Serialization;

namespace Imgsync.Core.Catalog;

/// <summary>A processor architecture, by the name that Debian and Ubuntu use in their file names.</summary>
[JsonConverter(typeof(WordConverter<Architecture>))]
public enum Architecture
{
    Amd64,

    /// <summary>The same for processors of the level x86-64-v2, where a publisher's plain images need more.</summary>
    Amd64V2,
    Arm64,
    Ppc64El,
    S390X,
    RiscV64,
}

public static class Architectures
{
    /// <summary>As it stands in a publisher's file name: <c>amd64</c>, <c>arm64</c>.</summary>
    public static string InFileNames(this Architecture architecture) => architecture switch
    {
        Architecture.Amd64 => "amd64",
        Architecture.Amd64V2 => "amd64v2",
        Architecture.Arm64 => "arm64",
        Architecture.Ppc64El => "ppc64el",
        Architecture.S390X => "s390x",
        Architecture.RiscV64 => "riscv64",
        _ => throw new ArgumentOutOfRangeException(nameof(architecture), architecture, "not a known architecture"),
    };

    /// <summary>As Nova's scheduler compares it, Glance's property <c>architecture</c>: <c>x86_64</c>, <c>aarch64</c>.</summary>
    public static string InGlance(this Architecture architecture) => architecture switch
    {
        Architecture.Amd64 or Architecture.Amd64V2 => "x86_64",
        Architecture.Arm64 => "aarch64",
        Architecture.Ppc64El => "ppc64le",
        Architecture.S390X => "s390x",
        Architecture.RiscV64 => "riscv64",
        _ => throw new ArgumentOutOfRangeException(nameof(architecture), architecture, "not a known architecture"),
    };
}
