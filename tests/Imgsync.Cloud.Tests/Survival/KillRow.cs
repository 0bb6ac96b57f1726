namespace Imgsync.Cloud.Tests.Survival;

/// <summary>The request at which the program is killed.</summary>
/// <param name="Method">Such as <c>GET</c>.</param>
/// <param name="Pattern">Of path and query.</param>
/// <param name="Nth">Which of those that match.</param>
public sealed record KillRow(string Method, string Pattern, Moment Moment, int Nth = 1)
{
    public const string Images = "^/v2/images$";
    public const string Image = "^/v2/images/[^/?]+$";
    public const string Content = "^/v2/images/[^/]+/file$";

    /// <summary>What only a clean-up asks for.</summary>
    public const string HiddenOfAll = @"^/v2/images\?.*os_hidden=true&owner=[^&]*&[^&]*$";

    public GatedRequest HoldAt(RequestGate gate) => gate.Hold(Method, Pattern, Moment, Nth);
}
