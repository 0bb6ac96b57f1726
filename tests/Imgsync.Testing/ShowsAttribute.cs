namespace Imgsync.Testing;

/// <summary>Binds a test to a statement of a page. The page names it in backticks, so that neither changes without the other.</summary>
/// <param name="statement">Such as <c>nothing-half-made-stays</c>.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class ShowsAttribute(string statement) : Attribute
{
    public string Statement => statement;
}
