namespace Imgsync.Core.Configuration;

/// <summary>A project by its name, as it stands in <c>publish.members</c>: <c>web@customers</c>. Names are one of a kind only within
/// a domain. The last <c>@</c> counts: an e-mail address may be a project's name.</summary>
/// <param name="Domain">By its name, or its id.</param>
public sealed record ProjectName(string Name, string Domain)
{
    private const char Separator = '@';

    /// <returns>Null for what is a project's id.</returns>
    public static ProjectName? In(string member) => member.LastIndexOf(Separator) is >= 0 and var at
        ? new ProjectName(member[..at].Trim(), member[(at + 1)..].Trim())
        : null;

    public override string ToString() => $"{Name}{Separator}{Domain}";
}
