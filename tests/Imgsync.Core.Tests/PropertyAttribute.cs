using System.Diagnostics.CodeAnalysis;

namespace Imgsync.Core.Tests;

/// <summary>FsCheck's, bounded in time: that has a runner of its own, which <c>TimedTests</c> does not reach.</summary>
[AttributeUsage(AttributeTargets.Method)]
[SuppressMessage(
    "Extensibility", "xUnit3003:Classes which extend FactAttribute should provide a public constructor for source "
        + "information", Justification = "FsCheck's own has none to hand it on to.")]
internal sealed class PropertyAttribute : FsCheck.Xunit.PropertyAttribute
{
    public PropertyAttribute() => Timeout = 120_000;
}
