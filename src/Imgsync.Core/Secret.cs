namespace Imgsync.Core;

/// <summary>A value that must not be seen. It prints as <c>***</c> wherever it is printed, logged or serialised.</summary>
public sealed class Secret(string value)
{
    /// <summary>The value itself, for the one place that sends it.</summary>
    public string Reveal() => value;

    public override string ToString() => "***";
}
