using Imgsync.Core.Glance.Api;
using Imgsync.Core.Publishing;

namespace Imgsync.Core.Planning;

/// <summary>Whom an image is to be shared with, and whom no more. Only members that we have added are taken away again.</summary>
/// <param name="Others">Members that somebody else has added.</param>
internal sealed record Sharing(
    IReadOnlyList<string> New, IReadOnlyList<string> Former, IReadOnlyList<string> Others, IReadOnlyList<PatchOperation> Marks)
{
    /// <param name="wanted">Null where the settings share nothing.</param>
    public static Sharing Of(GlanceImage image, IReadOnlyList<ImageMember> members, IReadOnlyList<string>? wanted)
    {
        if (wanted is null)
            return new Sharing([], [], [], []);

        var projects = members.Select(member => member.Project).ToList();
        var given = image.Properties.GetValueOrDefault(ImageMarks.Members)?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var added = wanted.Except(projects, StringComparer.Ordinal).ToList();
        var others = projects.Except(wanted, StringComparer.Ordinal).ToLookup(given.Contains);
        var former = others[true].ToList();
        return new Sharing(
            added,
            former,
            [.. others[false]],
            added is [] && former is [] ? [] : [PatchOperation.Set(ImageMarks.Members, string.Join(',', wanted))]);
    }
}
